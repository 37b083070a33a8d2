/**
 * CoreDNS's container: reads its Corefile and answers by it, reports health and readiness, logs as CoreDNS does. What the cluster's own
 * names mean it learns from the network's name service, which stands for its watches.
 */
import { Channel } from '../../../process/channel.ts';
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { FileSystemError } from '../../../shell/file-system.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import type { DnsQuestion, DnsReply } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode } from '../../../shell/text.ts';
import { distrolessBase } from './bases.ts';
import { answerer } from './coredns-plugins.ts';
import { CorefileError, parseCorefile, type ServerBlock } from './corefile.ts';
import { parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

/** How long a changed Corefile waits to be read. Source: coredns.io/plugins/reload */
const reloadMs = 30_000;
const whoami: readonly ServerBlock[] = [{ zones: [{ zone: '.', port: 53 }], plugins: [] }];

const text = (body: string) =>
  function* (): Process<{ status: number; body: string }> {
    return { status: 200, body };
  };

const has = (blocks: readonly ServerBlock[], plugin: string): boolean =>
  blocks.some(({ plugins }) => plugins.some(({ name }) => name === plugin));
/** The port of a plugin's first argument: `:8080`. */
const portOf = (blocks: readonly ServerBlock[], plugin: string, usual: number): number => {
  const found = blocks.flatMap(({ plugins }) => plugins).find(({ name }) => name === plugin);
  return Number(/:(\d+)$/.exec(found?.args[0] ?? '')?.[1] ?? usual);
};

/** The Corefile as it is in force: a change is taken up when the file has been there for half a minute. */
class Configuration {
  readonly #context: ProgramContext;
  readonly #path: string;
  #readAtMs: number;
  blocks: readonly ServerBlock[];

  /** @throws CorefileError, FileSystemError */
  constructor(context: ProgramContext, path: string) {
    this.#context = context;
    this.#path = path;
    this.blocks = this.#read();
    this.#readAtMs = context.now();
  }
  /** Whether the file changed what is in force. */
  refresh(): boolean {
    const { fs, now } = this.#context;
    if (!has(this.blocks, 'reload') || !fs.exists(this.#path)) return false;
    const { mtimeMs } = fs.stat(this.#path);
    if (mtimeMs <= this.#readAtMs || now.call(this.#context) < mtimeMs + reloadMs) return false;
    this.#readAtMs = now.call(this.#context);
    try {
      this.blocks = this.#read();
      return true;
    } catch (error) {
      if (error instanceof CorefileError || error instanceof FileSystemError) return false;
      throw error;
    }
  }
  #read(): readonly ServerBlock[] {
    if (this.#path === '') return whoami;
    return parseCorefile(decode(this.#context.fs.readFile(this.#path)));
  }
}

export function* coredns(context: ProgramContext): Process<number> {
  const { network, fs } = context;
  if (!network) return 1;
  const path = parseGoFlags(context.argv.slice(1)).values.get('conf') ?? '';
  let configuration: Configuration;
  try {
    configuration = new Configuration(context, path);
  } catch (error) {
    if (error instanceof CorefileError) return yield* fail(context, error.message.replace(/^Corefile/, path));
    if (!(error instanceof FileSystemError)) throw error;
    return yield* fail(context, `loading Caddyfile via flag: open ${path}: no such file or directory`);
  }
  context.use?.({ cpuMilli: 2, memoryBytes: 14 * 1024 * 1024 });
  const readFile = (file: string) => (fs.exists(file) ? decode(fs.readFile(file)) : '');
  const { blocks } = configuration;
  const zones = blocks.flatMap((block) =>
    block.zones.map(({ zone, port }) => `${zone === '.' ? zone : `${zone}.`}:${port}\n`),
  );
  const lines = new Channel<string>();
  const close = [...new Set(blocks.flatMap((block) => block.zones.map(({ port }) => port)))].map((port) => {
    const socket = network.udp(port);
    let answer = answerer(configuration.blocks, port, readFile);
    const server = network.serveDns?.(port, (question) => {
      if (configuration.refresh()) answer = answerer(configuration.blocks, port, readFile);
      const reply = answer(question);
      if (has(configuration.blocks, 'log')) lines.send(logLine(question, reply));
      return reply;
    });
    return () => {
      server?.close();
      socket.close();
    };
  });
  yield* writeText(context.stdout, `${zones.join('')}CoreDNS-1.14.1\nlinux/amd64, go1.26, simulated\n`);
  const metrics = 'coredns_build_info{version="1.14.1"} 1\n';
  const http = (plugin: string, port: number, body: string) =>
    has(blocks, plugin) ? [serveHttp({ network, port: portOf(blocks, plugin, port), handler: text(body) })] : [];
  try {
    return yield* runService(context, {
      parts: [
        writeLines(context, lines),
        ...http('health', 8080, 'OK'),
        ...http('ready', 8181, 'OK'),
        ...http('prometheus', 9153, metrics),
      ],
    });
  } finally {
    for (const end of close) end();
  }
}

function* fail(context: ProgramContext, message: string): Process<number> {
  yield* writeText(context.stderr, `${message}\n`);
  return 1;
}

function* writeLines(context: ProgramContext, lines: Channel<string>): Process<void> {
  for (let line = yield* lines.receive(); line !== undefined; line = yield* lines.receive()) {
    yield* writeText(context.stdout, line);
  }
}

/** Source: coredns.io/plugins/log, the default format */
function logLine({ name, type, from }: DnsQuestion, reply: DnsReply): string {
  const rcode = 'forwardTo' in reply ? 'NOERROR' : reply.rcode;
  const size = name.length + 18;
  const answered = size + 11 + ('forwardTo' in reply ? 0 : reply.records.length * 27);
  const flags = 'forwardTo' in reply ? 'qr,rd,ra' : 'qr,aa,rd';
  const client = `${from.ip}:${from.port}`;
  return `[INFO] ${client} - ${from.port} "${type} IN ${name}. udp ${size} false 512" ${rcode} ${flags} ${answered} 0.000123s\n`;
}

export const corednsImage: ImageDefinition = {
  matches: ['*/coredns/coredns', '*/coredns'],
  programs: { coredns },
  build: () => ({
    entrypoint: ['/coredns'],
    user: '65532:65532',
    layers: [...distrolessBase, { '/coredns': { program: 'coredns' } }],
    sizeBytes: 22_600_000,
  }),
};
