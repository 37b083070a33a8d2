/**
 * ZooKeeper: an ensemble that keeps a tree of nodes on its disks. Each server sends the others what it is asked to change, and learns from
 * them what it missed; with less than a majority of them it serves nobody. Its client speaks words of ours, not ZooKeeper's protocol.
 */
import { type Process, sleep } from '../../../process/process.ts';
import { ByteReader } from '../../../shell/byte-reader.ts';
import { userFiles } from '../../../shell/base-files.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { serveConnections } from '../../../shell/http-server.ts';
import { type Connection, NetworkError, type NetworkStack } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { readAll, writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';
import { debianBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';
import { type Change, ZooKeeperError, ZooKeeperTree } from './zookeeper-tree.ts';
import { configureFromEnvironment, startZookeeper, zookeeperReady } from './zookeeper-scripts.ts';

interface Peer {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

interface Configuration {
  readonly clientPort: number;
  readonly dataDir: string;
  readonly id: string;
  readonly peers: readonly Peer[];
}

/** How long a server waits for another. */
const peerTimeoutMs = 2000;
const pollMs = 3000;

function readConfiguration({ fs, argv }: ProgramContext): Configuration {
  const path = argv.findLast((word) => word.endsWith('.cfg')) ?? '/conf/zoo.cfg';
  const text = fs.exists(path) ? decode(fs.readFile(path)) : '';
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]?.trim();
  const dataDir = value('dataDir') ?? '/data';
  const idFile = `${dataDir}/myid`;
  return {
    clientPort: Number(value('clientPort') ?? /^server\.\d+=.*;(\d+)$/m.exec(text)?.[1] ?? 2181),
    dataDir,
    id: fs.exists(idFile) ? decode(fs.readFile(idFile)).trim() : '0',
    peers: [...text.matchAll(/^server\.(\d+)=([^:\s]+):(\d+)/gm)].map(([, id = '', host = '', port]) => ({
      id,
      host,
      port: Number(port),
    })),
  };
}

/** One line of JSON to a server, and one back. @throws NetworkError */
function* askLine(network: NetworkStack, host: string, port: number, message: object): Process<unknown> {
  const connection = yield* network.dial(host, port, { timeoutMs: peerTimeoutMs });
  try {
    yield* connection.writer.write(encode(`${JSON.stringify(message)}\n`));
    return JSON.parse((yield* new ByteReader(connection.reader).line()) ?? 'null');
  } finally {
    connection.close();
  }
}

class ZooKeeperServer {
  readonly #context: ProgramContext;
  readonly #network: NetworkStack;
  readonly configuration: Configuration;
  readonly #tree = new ZooKeeperTree();
  readonly #snapshot: string;
  #reachable = new Set<string>();

  constructor(context: ProgramContext, network: NetworkStack) {
    this.#context = context;
    this.#network = network;
    this.configuration = readConfiguration(context);
    const { dataDir } = this.configuration;
    this.#snapshot = `${dataDir}/version-2/log.100000001`;
    if (!context.fs.exists(this.#snapshot)) context.fs.mkdir(`${dataDir}/version-2`, { parents: true });
    else for (const change of parseChanges(decode(context.fs.readFile(this.#snapshot)))) this.#tree.apply(change);
  }

  get #others(): readonly Peer[] {
    return this.configuration.peers.filter(({ id }) => id !== this.configuration.id);
  }
  get #isServing(): boolean {
    const { peers } = this.configuration;
    return peers.length === 0 || (this.#reachable.size + 1) * 2 > peers.length;
  }
  /** The highest number of those that are there leads. */
  get #mode(): 'standalone' | 'leader' | 'follower' {
    if (this.configuration.peers.length === 0) return 'standalone';
    return [...this.#reachable].every((id) => Number(id) < Number(this.configuration.id)) ? 'leader' : 'follower';
  }

  /** Keeps up with the others. */
  *follow(): Process<void> {
    for (;;) {
      const reached = new Set<string>();
      for (const { id, host, port } of this.#others) {
        try {
          const changes = yield* askLine(this.#network, host, port, { since: this.#tree.zxid });
          this.#take(changes);
          reached.add(id);
        } catch (error) {
          if (!(error instanceof NetworkError) && !(error instanceof SyntaxError)) throw error;
        }
      }
      const before = this.#isServing;
      this.#reachable = reached;
      if (this.configuration.peers.length > 0 && this.#isServing && !before)
        yield* this.log('QuorumPeer', this.#mode === 'leader' ? 'LEADING' : 'FOLLOWING');
      yield* sleep(pollMs);
    }
  }

  /** Another server: it sends what changed, or asks what it missed. */
  *servePeer(connection: Connection): Process<void> {
    const message: unknown = JSON.parse((yield* new ByteReader(connection.reader).line()) ?? 'null');
    const { since, changes } = (message ?? {}) as { readonly since?: number; readonly changes?: unknown };
    this.#take(changes);
    const missed = since === undefined ? [] : this.#tree.changes.filter(({ zxid }) => zxid > since);
    yield* connection.writer.write(encode(`${JSON.stringify(missed)}\n`));
    connection.close();
  }

  /** A client: four letters, or words of our own. */
  *serveClient(connection: Connection): Process<void> {
    const reader = new ByteReader(connection.reader);
    const first = yield* reader.peek();
    if (first === undefined) return connection.close();
    if (first === 0x7b) {
      const answer = yield* this.#answer(JSON.parse((yield* reader.line()) ?? '[]'));
      yield* connection.writer.write(encode(`${JSON.stringify(answer)}\n`));
    } else {
      const word = decode(yield* reader.bytes(4));
      const { ip, port } = connection.remote;
      yield* this.log('NIOServerCxn', `Processing ${word} command from /${ip}:${port}`);
      yield* connection.writer.write(encode(this.#fourLetters(word)));
    }
    connection.close();
  }

  *log(part: string, text: string): Process<void> {
    const { now, stdout } = this.#context;
    const at = formatTime('%Y-%m-%d %H:%M:%S', now.call(this.#context));
    yield* writeText(stdout, `${at},000 [myid:${this.configuration.id}] - INFO  [main:${part}] - ${text}\n`);
  }

  *#answer(message: unknown): Process<{ readonly text?: string; readonly error?: string }> {
    const { words = [] } = message as { readonly words?: readonly string[] };
    if (!this.#isServing) return { error: 'This ZooKeeper instance is not currently serving requests' };
    const [verb = '', ...rest] = words;
    const [path = '/', data] = rest.filter((word) => !/^-[esRwv]$/.test(word));
    try {
      if (verb === 'get') return { text: `${this.#tree.data(path)}\n${this.#tree.describe(path)}` };
      if (verb === 'stat') return { text: this.#tree.describe(path) };
      if (verb === 'ls' || verb === 'ls2') return { text: `[${this.#tree.children(path).join(', ')}]\n` };
      if (verb === 'create') return yield* this.#change('create', path, data, `Created ${path}\n`);
      if (verb === 'set') return yield* this.#change('set', path, data);
      if (['delete', 'rmr', 'deleteall'].includes(verb)) return yield* this.#remove(verb, path);
      return { error: `ZooKeeper -server host:port cmd args: unknown command ${verb}` };
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      return { error: error.message };
    }
  }

  *#remove(verb: string, path: string): Process<{ readonly text: string }> {
    if (verb !== 'delete') for (const child of this.#tree.children(path)) yield* this.#remove(verb, `${path}/${child}`);
    return yield* this.#change('delete', path);
  }

  /** Changes the tree here and tells the others. @throws ZooKeeperError */
  *#change(verb: Change['verb'], path: string, data?: string, text?: string): Process<{ readonly text: string }> {
    const change = this.#tree.propose(verb, path, this.#context.now(), data);
    this.#take([change]);
    for (const { host, port } of this.#others) {
      try {
        yield* askLine(this.#network, host, port, { changes: [change] });
      } catch (error) {
        if (!(error instanceof NetworkError) && !(error instanceof SyntaxError)) throw error;
      }
    }
    return { text: text ?? (verb === 'set' ? this.#tree.describe(path) : '') };
  }

  /** Applies changes and keeps them on the disk. */
  #take(changes: unknown): void {
    if (!Array.isArray(changes) || changes.length === 0) return;
    const before = this.#tree.changes.length;
    for (const change of changes as readonly Change[]) this.#tree.apply(change);
    if (this.#tree.changes.length === before) return;
    const text = this.#tree.changes.map((change) => `${JSON.stringify(change)}\n`).join('');
    this.#context.fs.writeFile(this.#snapshot, encode(text));
  }

  #fourLetters(word: string): string {
    const mode = this.#mode;
    const zxid = `0x${this.#tree.zxid.toString(16)}`;
    const stat = `Zookeeper version: 3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT\n`;
    const figures = `Latency min/avg/max: 0/0/1\nReceived: 1\nSent: 0\nConnections: 1\nOutstanding: 0\nZxid: ${zxid}\nMode: ${mode}\nNode count: ${this.#tree.nodeCount}\n`;
    if (word === 'ruok') return 'imok';
    if (!this.#isServing) return 'This ZooKeeper instance is not currently serving requests\n';
    if (word === 'stat') return `${stat}Clients:\n\n${figures}`;
    if (word === 'srvr') return `${stat}${figures}`;
    if (word === 'mntr')
      return `zk_version\t3.4.10\nzk_server_state\t${mode}\nzk_znode_count\t${this.#tree.nodeCount}\n`;
    return '';
  }
}

function parseChanges(text: string): readonly Change[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Change);
}

/** The `java` of the image: the only program that it runs is ZooKeeper. */
function* zookeeper(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  context.use?.({ cpuMilli: 5, memoryBytes: 120_000_000 });
  yield* sleep(1500);
  const server = new ZooKeeperServer(context, network);
  const { clientPort, peers, id } = server.configuration;
  yield* server.log('QuorumPeerConfig', 'Reading configuration from: /opt/zookeeper/conf/zoo.cfg');
  yield* server.log('NIOServerCnxnFactory', `binding to port 0.0.0.0/0.0.0.0:${clientPort}`);
  const own = peers.find((peer) => peer.id === id);
  return yield* runService(context, {
    parts: [
      serveConnections(network.listen(clientPort), (connection) => server.serveClient(connection)),
      ...(own ? [serveConnections(network.listen(own.port), (connection) => server.servePeer(connection))] : []),
      ...(own ? [server.follow()] : []),
    ],
    *onSignal() {
      return 143;
    },
  });
}

const greeting = '\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n';

/** `zkCli.sh [-server HOST:PORT] [COMMAND]`; without a command it reads them. */
function* zkCli(context: ProgramContext): Process<number> {
  const words = context.argv.slice(1);
  const at = words.indexOf('-server');
  const [host = 'localhost', port = '2181'] = (at >= 0 ? (words.splice(at, 2)[1] ?? '') : 'localhost:2181').split(':');
  const { network } = context;
  if (!network) return 1;
  yield* writeText(context.stdout, `Connecting to ${host}:${port}\n`);
  const lines =
    words.length > 0
      ? [words]
      : decode(yield* readAll(context.stdin))
          .split('\n')
          .map(splitWords);
  let greeted = false;
  for (const line of lines.filter((each) => each.length > 0)) {
    if (line[0] === 'quit') break;
    let answer: { readonly text?: string; readonly error?: string };
    try {
      answer = (yield* askLine(network, host, Number(port), { words: line })) as typeof answer;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      yield* writeText(
        context.stderr,
        `Exception in thread "main" org.apache.zookeeper.KeeperException$ConnectionLossException: KeeperErrorCode = ConnectionLoss for ${line[1] ?? '/'}\n`,
      );
      return 1;
    }
    if (!greeted) yield* writeText(context.stdout, greeting);
    greeted = true;
    if (answer.text !== undefined) yield* writeText(context.stdout, answer.text);
    if (answer.error !== undefined) yield* writeText(context.stderr, `${answer.error}\n`);
  }
  return 0;
}

const splitWords = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

const executable = (content: string) => ({ content, mode: 0o755 });

export const zookeeperImage: ImageDefinition = {
  matches: ['docker.io/library/zookeeper', '*/zookeeper', '*/kubernetes-zookeeper'],
  programs: { zookeeper, zkCli },
  build: ({ repository }) => {
    const ofKubernetes = repository.endsWith('kubernetes-zookeeper');
    return {
      entrypoint: ofKubernetes ? [] : ['/docker-entrypoint.sh'],
      cmd: ofKubernetes ? ['bash'] : ['zkServer.sh', 'start-foreground'],
      exposedPorts: ['2181/tcp', '2888/tcp', '3888/tcp'],
      user: ofKubernetes ? 'zookeeper' : '',
      env: {
        ...(ofKubernetes ? {} : { ZOO_CONF_DIR: '/conf', ZOO_DATA_DIR: '/data' }),
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/apache-zookeeper/bin',
      },
      layers: [
        ...debianBase('ps', 'pkill', 'pgrep', 'nc'),
        userFiles(['zookeeper:1000:1000:/home/zookeeper:/bin/bash']),
        {
          '/usr/bin/java': { program: 'zookeeper' },
          '/usr/bin/zkCli.sh': { program: 'zkCli' },
          '/usr/bin/zkServer.sh': executable(
            '#!/bin/sh\nexec java -cp zookeeper.jar org.apache.zookeeper.server.quorum.QuorumPeerMain "${ZOO_CONF_DIR:-/opt/zookeeper/conf}/zoo.cfg"\n',
          ),
          '/usr/bin/start-zookeeper': executable(startZookeeper),
          '/opt/zookeeper/bin/zookeeper-ready': executable(zookeeperReady),
          '/usr/bin/zookeeper-ready': { symlink: '/opt/zookeeper/bin/zookeeper-ready' },
          '/docker-entrypoint.sh': executable(configureFromEnvironment),
          '/opt/zookeeper/conf': { directory: true, mode: 0o777 },
          '/usr/etc/zookeeper': { directory: true, mode: 0o777 },
          '/var/lib/zookeeper': { directory: true, mode: 0o777 },
          '/conf': { directory: true, mode: 0o777 },
          '/data': { directory: true, mode: 0o777 },
        },
      ],
      sizeBytes: 110_000_000,
    };
  },
};
