/**
 * How a server block answers a question: its plugins in CoreDNS's own order, each of which answers or hands on.
 * Written for those that change answers: rewrite, template's NXDOMAIN, hosts, kubernetes, forward. Source: coredns.io/plugins
 */
import type { DnsQuestion, DnsRecord, DnsReply } from '../../../shell/network-stack.ts';
import { type Directive, isInZone, plainName, type ServerBlock } from './corefile.ts';

/** Answers a question or gives undefined: then the next plugin is asked. */
type Plugin = (question: DnsQuestion) => DnsReply | undefined;

const order = ['template', 'hosts', 'kubernetes', 'forward'] as const;
const makers: Readonly<Record<(typeof order)[number], (directive: Directive, readFile: ReadFile) => Plugin>> = {
  template,
  hosts,
  kubernetes,
  forward,
};
const clusterZone = 'cluster.local';
const failure: DnsReply = { rcode: 'SERVFAIL', records: [] };
const refused: DnsReply = { rcode: 'REFUSED', records: [] };

type ReadFile = (path: string) => string;

/** What answers questions on a port, by the server blocks that have a zone there. */
export function answerer(
  blocks: readonly ServerBlock[],
  port: number,
  readFile: ReadFile,
): (question: DnsQuestion) => DnsReply {
  const zones = blocks.flatMap((block) => {
    const answer = chain(block, readFile);
    return block.zones.filter((one) => one.port === port).map(({ zone }) => ({ zone, answer }));
  });
  zones.sort((a, b) => depthOf(b.zone) - depthOf(a.zone));
  return (question) => {
    const name = plainName(question.name);
    return zones.find(({ zone }) => isInZone(name, zone))?.answer({ ...question, name }) ?? refused;
  };
}

const depthOf = (zone: string): number => (zone === '.' ? 0 : zone.length);

function chain(block: ServerBlock, readFile: ReadFile): (question: DnsQuestion) => DnsReply {
  const rewrites = block.plugins.filter(({ name }) => name === 'rewrite').map(rewrite);
  const plugins = order.flatMap((name) =>
    block.plugins.filter((one) => one.name === name).map((one) => makers[name](one, readFile)),
  );
  return (question) => {
    const name = rewrites.reduce<string | undefined>((done, rule) => done ?? rule(question.name), undefined);
    const asked = name === undefined ? question : { ...question, name };
    for (const plugin of plugins) {
      const reply = plugin(asked);
      if (reply) return name === undefined ? reply : renamed(reply, name, question.name);
    }
    return failure;
  };
}

/** The answer to the question that was asked, not to the one that was made of it. */
function renamed(reply: DnsReply, from: string, to: string): DnsReply {
  if ('forwardTo' in reply) return { ...reply, asking: from };
  return {
    ...reply,
    records: reply.records.map((record) => (record.name === from ? { ...record, name: to } : record)),
  };
}

/** `rewrite [continue|stop] name [exact|prefix|suffix|substring|regex] FROM TO`: the new name, when it matches. */
function rewrite({ args, block }: Directive): (name: string) => string | undefined {
  const words = args[0] === 'stop' || args[0] === 'continue' ? args.slice(1) : args;
  const inBlock = block.find(({ name }) => name === 'name');
  const [field, ...rest] = words.length > 0 || !inBlock ? words : [inBlock.name, ...inBlock.args];
  if (field !== 'name') return () => undefined;
  const kinds = ['exact', 'prefix', 'suffix', 'substring', 'regex'];
  const [kind = 'exact', from = '', to = ''] = kinds.includes(rest[0] ?? '') ? rest : ['exact', ...rest];
  const [plainFrom, plainTo] = [plainName(from), plainName(to)];
  if (kind === 'regex') {
    const pattern = new RegExp(from.replaceAll('\\.$', '\\.?$').replace(/\.\$$/, '\\.?$'));
    const replacement = plainTo.replaceAll(/\{(\d+)\}/g, '$$$1');
    return (name) => {
      const found = pattern.exec(name) ?? pattern.exec(`${name}.`);
      return found ? plainName(found[0].replace(pattern, replacement)) : undefined;
    };
  }
  return (name) => {
    if (kind === 'exact') return name === plainFrom ? plainTo : undefined;
    if (kind === 'prefix') return name.startsWith(plainFrom) ? plainTo + name.slice(plainFrom.length) : undefined;
    if (kind === 'suffix') return name.endsWith(plainFrom) ? name.slice(0, -plainFrom.length) + plainTo : undefined;
    return name.includes(plainFrom) ? name.replaceAll(plainFrom, plainTo) : undefined;
  };
}

/** `template CLASS TYPE [ZONE...] { answer "…" rcode … }`, with `{{ .Name }}` alone. */
function template({ args, block }: Directive): Plugin {
  const [, type = 'ANY', ...zones] = args;
  const find = (name: string) => block.filter((one) => one.name === name).map((one) => one.args.join(' '));
  const rcode = find('rcode')[0] ?? 'NOERROR';
  const match = find('match')[0];
  return ({ name, type: asked }) => {
    if (type !== 'ANY' && type !== asked) return undefined;
    if (zones.length > 0 && !zones.some((zone) => isInZone(name, plainName(zone) || '.'))) return undefined;
    if (match !== undefined && !new RegExp(match).test(`${name}.`)) return undefined;
    const records = find('answer').flatMap((answer): DnsRecord[] => {
      const [owner = '', ttl, , kind, value = ''] = answer.replaceAll(/\{\{\s*\.Name\s*\}\}/g, `${name}.`).split(/\s+/);
      const base = { name: plainName(owner), ttl: Number(ttl ?? 60) };
      if (kind === 'A' || kind === 'AAAA') return [{ ...base, type: kind, address: value }];
      return kind === 'CNAME' ? [{ ...base, type: kind, target: plainName(value) }] : [];
    });
    return { rcode: rcode === 'NXDOMAIN' || rcode === 'SERVFAIL' || rcode === 'REFUSED' ? rcode : 'NOERROR', records };
  };
}

const fallsThrough = (directive: Directive, name: string): boolean => {
  const fall = directive.block.find((one) => one.name === 'fallthrough');
  return fall !== undefined && (fall.args.length === 0 || fall.args.some((zone) => isInZone(name, plainName(zone))));
};

/** `hosts [FILE [ZONE...]] { ADDRESS NAME... fallthrough ttl N }` */
function hosts(directive: Directive, readFile: ReadFile): Plugin {
  const [file = '/etc/hosts', ...zones] = directive.args;
  const inline = directive.block.filter(({ name }) => /^[\d.]+$|:/.test(name)).map(({ name, args }) => [name, ...args]);
  const filed = () => (inline.length > 0 && directive.args.length === 0 ? [] : lines(readFile, file));
  const ttl = Number(directive.block.find(({ name }) => name === 'ttl')?.args[0] ?? 3600);
  const pointers = (name: string): DnsReply | undefined => {
    const address = name
      .replace(/\.in-addr\.arpa$/, '')
      .split('.')
      .reverse()
      .join('.');
    const names = [...inline, ...filed()].flatMap(([ip, ...all]) => (ip === address ? all : []));
    if (names.length === 0) return fallsThrough(directive, name) ? undefined : failure;
    const records = names.map((target) => ({ type: 'PTR' as const, name, ttl, target: plainName(target) }));
    return { rcode: 'NOERROR', records };
  };
  return ({ name, type }) => {
    if (type === 'PTR') return pointers(name);
    if (zones.length > 0 && !zones.some((zone) => isInZone(name, plainName(zone)))) return undefined;
    const found = [...inline, ...filed()].filter(([, ...names]) => names.some((one) => plainName(one) === name));
    if (found.length === 0) return fallsThrough(directive, name) ? undefined : failure;
    const records = found.flatMap(([address = '']): DnsRecord[] =>
      type === (address.includes(':') ? 'AAAA' : 'A') ? [{ type, name, ttl, address }] : [],
    );
    return { rcode: 'NOERROR', records };
  };
}

function lines(readFile: ReadFile, path: string): string[][] {
  const text = readFile(path).replaceAll(/#.*/g, '');
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/\s+/)]));
}

/** `kubernetes [ZONES...]`: the cluster's own names, in whichever zone they are served. */
function kubernetes(directive: Directive): Plugin {
  const zones = directive.args.length > 0 ? directive.args.map(plainName) : [clusterZone];
  const own = zones.find((zone) => !zone.endsWith('.arpa')) ?? clusterZone;
  const toCluster = (name: string) =>
    isInZone(name, own) ? name.slice(0, name.length - own.length) + clusterZone : name;
  const fromCluster = (name: string) =>
    isInZone(name, clusterZone) ? name.slice(0, name.length - clusterZone.length) + own : name;
  return ({ name, type, cluster }) => {
    if (!zones.some((zone) => isInZone(name, zone))) return undefined;
    const reply = cluster(toCluster(name), type);
    if (reply.rcode === 'NXDOMAIN' && fallsThrough(directive, name)) return undefined;
    if (own === clusterZone) return reply;
    const records = reply.records.map((record) => ({
      ...record,
      name: fromCluster(record.name),
      ...('target' in record ? { target: fromCluster(record.target) } : {}),
    }));
    return { ...reply, records };
  };
}

/** `forward FROM TO...`: to other servers, or to the world outside. */
function forward({ args }: Directive): Plugin {
  const [from = '.', ...to] = args;
  const servers = to.map((server) => server.replace(/^(dns|tls):\/\//, '').replace(/:\d+$/, ''));
  return ({ name }) => {
    if (!isInZone(name, plainName(from) || '.')) return undefined;
    return { forwardTo: servers.filter((server) => !server.startsWith('/')) };
  };
}
