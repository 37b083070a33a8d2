/** CoreDNS's configuration: server blocks, each with zones and plugins. Source: coredns.io/manual/configuration, plugin.cfg */

/** One directive with its arguments, and the lines of its block. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[];
}

export interface ServerBlock {
  /** `.` or `example.org`, in lower case without a dot at the end. */
  readonly zones: readonly { readonly zone: string; readonly port: number }[];
  readonly plugins: readonly Directive[];
}

/** A Corefile that CoreDNS refuses; the message is its own. */
export class CorefileError extends Error {
  override readonly name = 'CorefileError';
}

/** In the order in which a question passes them. */
const knownPlugins: ReadonlySet<string> = new Set(
  `root metadata geoip cancel tls quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof prometheus
   errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer hosts route53 azure
   clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad`.split(
    /\s+/,
  ),
);

interface Line {
  readonly number: number;
  readonly words: readonly string[];
}

/** @throws CorefileError */
export function parseCorefile(text: string): readonly ServerBlock[] {
  const lines = text.split('\n').flatMap((line, index): Line[] => {
    const words = (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
      word.startsWith('"') ? word.slice(1, -1).replaceAll('\\"', '"') : word,
    );
    const comment = words.findIndex((word) => word.startsWith('#'));
    const kept = comment < 0 ? words : words.slice(0, comment);
    return kept.length === 0 ? [] : [{ number: index + 1, words: kept }];
  });
  const blocks: ServerBlock[] = [];
  let at = 0;
  /** The directives up to the closing brace. */
  const readBlock = (): Directive[] => {
    const found: Directive[] = [];
    for (let line = lines[at++]; line; line = lines[at++]) {
      const [name = '', ...args] = line.words;
      if (name === '}') return found;
      const opens = args.at(-1) === '{';
      found.push({ name, args: opens ? args.slice(0, -1) : args, block: opens ? readBlock() : [] });
    }
    throw new CorefileError(`Corefile:${lines.at(-1)?.number ?? 1} - Error during parsing: Unexpected EOF`);
  };
  for (let line = lines[at++]; line; line = lines[at++]) {
    const opens = line.words.at(-1) === '{';
    const keys = opens ? line.words.slice(0, -1) : line.words;
    if (!opens)
      throw new CorefileError(
        `Corefile:${line.number} - Error during parsing: Unexpected next token after '{' on same line`,
      );
    const start = at;
    const plugins = readBlock();
    const unknown = plugins.find(({ name }) => !knownPlugins.has(name));
    if (unknown) {
      const number = lines.slice(start).find(({ words }) => words[0] === unknown.name)?.number ?? line.number;
      throw new CorefileError(`Corefile:${number} - Error during parsing: Unknown directive '${unknown.name}'`);
    }
    blocks.push({ zones: keys.map((key) => zoneOf(key.replace(/,$/, ''))), plugins });
  }
  return blocks;
}

/** `.`, `.:53`, `dns://example.org:5353`. */
function zoneOf(key: string): { readonly zone: string; readonly port: number } {
  const [, zone = '', port] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(key) ?? [];
  return { zone: plainName(zone) || '.', port: Number(port ?? 53) };
}

/** A name in lower case, without a dot at its end. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a name lies in a zone. */
export function isInZone(name: string, zone: string): boolean {
  return zone === '.' || zone === '' || name === zone || name.endsWith(`.${zone}`);
}
