/** Utilities that ask DNS: `nslookup` (new and classic), `dig`, `host`. */
import type { Process } from '../../process/process.ts';
import { type DnsAnswer, type DnsRecord, NetworkError, type NetworkStack } from '../network-stack.ts';
import { decode } from '../text.ts';
import { networkOf } from './network.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

interface ResolverConfiguration {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
}

function readResolvConf(call: Call): ResolverConfiguration {
  const { fs } = call.context;
  const text = fs.exists('/etc/resolv.conf') ? decode(fs.readFile('/etc/resolv.conf')) : '';
  const words = (keyword: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(keyword))
      .flatMap((line) => line.trim().split(/\s+/).slice(1));
  const ndots = words('options')
    .map((option) => /^ndots:(\d+)$/.exec(option)?.[1])
    .find((value) => value !== undefined);
  return { servers: words('nameserver'), search: words('search'), ndots: Number(ndots ?? 1) };
}

/** The names that a resolver tries for a name. */
function candidates(name: string, configuration: ResolverConfiguration): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = configuration.search.map((domain) => `${name}.${domain}`);
  return (name.match(/\./g) ?? []).length >= configuration.ndots ? [name, ...searched] : [...searched, name];
}

const reverseName = (ip: string) => `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
const isAddress = (text: string) => /^\d+\.\d+\.\d+\.\d+$/.test(text);
const addressOf = (record: DnsRecord) => (record.type === 'A' || record.type === 'AAAA' ? record.address : undefined);

/** Asks, or gives undefined when no server answers. */
function* question(
  network: NetworkStack,
  name: string,
  type: DnsRecord['type'],
  server: string | undefined,
): Process<DnsAnswer | undefined> {
  try {
    return yield* network.query(name, type, server);
  } catch (error) {
    if (error instanceof NetworkError) return undefined;
    throw error;
  }
}

const noServer = ';; connection timed out; no servers could be reached\n';

export const nslookup: Utility = {
  names: ['nslookup'],
  summary: 'Query DNS about HOST',
  usage: '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
  *run(call) {
    const network = networkOf(call);
    const words = call.args.filter((word) => !word.startsWith('-'));
    const wanted = call.args
      .map((word) => /^-(?:type|q|querytype)=(\w+)$/.exec(word)?.[1])
      .find((each) => each !== undefined);
    const [name, server] = words;
    if (name === undefined) throw new UtilityError('missing host');
    const configuration = readResolvConf(call);
    const ip = server === undefined ? configuration.servers[0] : ((yield* network.lookup(server))[0] ?? server);
    const reverse = isAddress(name);
    const types =
      wanted !== undefined
        ? [wanted.toUpperCase() as DnsRecord['type']]
        : reverse
          ? ['PTR' as const]
          : ['A' as const, 'AAAA' as const];
    const asked = reverse ? [reverseName(name)] : candidates(name, configuration);
    let found: { readonly name: string; readonly answers: readonly DnsAnswer[] } | undefined;
    for (const each of asked) {
      const answers: DnsAnswer[] = [];
      for (const type of types) {
        const answer = yield* question(network, each, type, server === undefined ? undefined : ip);
        if (!answer) {
          yield* call.out(`${noServer}\n`);
          return 1;
        }
        answers.push(answer);
      }
      found = { name: each, answers };
      if (answers.some((answer) => answer.rcode === 'NOERROR')) break;
    }
    const from = found?.answers[0]?.server ?? ip ?? '';
    yield* call.out(`Server:\t\t${from}\nAddress:\t${from}:53\n\n`);
    const good = found?.answers.filter((answer) => answer.rcode === 'NOERROR') ?? [];
    if (good.length === 0) {
      for (let i = 0; i < types.length; i++)
        yield* call.out(
          `** server can't find ${found?.answers.length && asked.length > 1 ? name : (found?.name ?? name)}: ${found?.answers[0]?.rcode ?? 'NXDOMAIN'}\n\n`,
        );
      return 1;
    }
    for (const answer of good) {
      for (const record of answer.records) yield* call.out(describe(record, reverse));
      if (answer.records.length > 0) yield* call.out('\n');
    }
    if (good.every((answer) => answer.records.length === 0)) yield* call.out(`*** Can't find ${name}: No answer\n\n`);
    return 0;
  },
};

function describe(record: DnsRecord, reverse: boolean): string {
  switch (record.type) {
    case 'CNAME':
      return `${record.name}\tcanonical name = ${record.target}\n`;
    case 'PTR':
      return `${record.name}\tname = ${record.target}\n`;
    case 'SRV':
      return `${record.name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}\n`;
    default:
      return reverse ? '' : `Name:\t${record.name}\nAddress: ${record.address}\n`;
  }
}

/** nslookup as busybox had it up to 1.28: asks as programs do, along the search list. */
export const nslookupClassic: Utility = {
  names: ['nslookup-classic'],
  summary: 'Query the nameserver for the IP address of the given HOST',
  usage: 'HOST [DNS_SERVER]',
  *run(call) {
    const network = networkOf(call);
    const [name = ''] = call.args;
    const [server = ''] = readResolvConf(call).servers;
    const nameOf = function* (ip: string): Process<string> {
      const answer = yield* question(network, reverseName(ip), 'PTR', undefined);
      const record = answer?.records[0];
      return record?.type === 'PTR' ? ` ${record.target}` : '';
    };
    yield* call.out(`Server:    ${server}\nAddress 1: ${server}${yield* nameOf(server)}\n\n`);
    try {
      const addresses = yield* network.lookup(name);
      let text = `Name:      ${name}\n`;
      for (const [index, ip] of addresses.entries()) text += `Address ${index + 1}: ${ip}${yield* nameOf(ip)}\n`;
      yield* call.out(text);
      return 0;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      yield* call.out('');
      throw new UtilityError(`can't resolve '${name}'`);
    }
  },
};

export const host: Utility = {
  names: ['host'],
  summary: 'Look up a name in DNS',
  usage: '[-t TYPE] NAME [SERVER]',
  options: 't:avW:R:T4',
  *run(call) {
    const network = networkOf(call);
    const [name = '', server] = call.args;
    const reverse = isAddress(name);
    const type = (call.value('t')?.toUpperCase() ?? (reverse ? 'PTR' : 'A')) as DnsRecord['type'];
    for (const each of reverse ? [reverseName(name)] : candidates(name, readResolvConf(call))) {
      const answer = yield* question(network, each, type, server);
      if (!answer) {
        yield* call.out(noServer);
        return 1;
      }
      if (answer.rcode !== 'NOERROR') continue;
      for (const record of answer.records) {
        const text =
          record.type === 'CNAME'
            ? `is an alias for ${record.target}.`
            : record.type === 'PTR'
              ? `domain name pointer ${record.target}.`
              : record.type === 'SRV'
                ? `has SRV record ${record.priority} ${record.weight} ${record.port} ${record.target}.`
                : `has address ${addressOf(record) ?? ''}`;
        yield* call.out(`${record.name} ${text}\n`);
      }
      return 0;
    }
    yield* call.out(`Host ${reverse ? `${reverseName(name)}.` : name} not found: 3(NXDOMAIN)\n`);
    return 1;
  },
};

export const dig: Utility = {
  names: ['dig'],
  summary: 'Look up names in DNS',
  usage: '[@SERVER] [NAME] [TYPE] [+short] [+search] [+noall +answer]',
  *run(call) {
    const network = networkOf(call);
    const flags = new Set(call.args.filter((word) => word.startsWith('+')));
    const server = call.args.find((word) => word.startsWith('@'))?.slice(1);
    const words = call.args.filter((word) => !/^[+@-]/.test(word));
    const reverse = call.args.includes('-x');
    const known = words.find((word) => /^(?:A|AAAA|SRV|CNAME|PTR|TXT|MX|NS|SOA|ANY)$/i.test(word));
    const name = (words.find((word) => word !== known) ?? '.').replace(/\.$/, '');
    const type = (reverse ? 'PTR' : (known?.toUpperCase() ?? 'A')) as DnsRecord['type'];
    const serverIp = server === undefined || isAddress(server) ? server : (yield* network.lookup(server))[0];
    const asked = reverse
      ? [reverseName(name)]
      : flags.has('+search')
        ? candidates(name, readResolvConf(call))
        : [name];
    let answer: DnsAnswer | undefined;
    let last = name;
    for (const each of asked) {
      last = each;
      answer = yield* question(network, each, type, serverIp);
      if (!answer || answer.rcode === 'NOERROR') break;
    }
    if (!answer) {
      yield* call.out(
        `\n; <<>> DiG 9.20.11 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; no servers could be reached\n`,
      );
      return 9;
    }
    const rows = answer.records
      .map((record) => `${record.name}.\t\t${record.ttl}\tIN\t${record.type}\t${dataOf(record)}\n`)
      .join('');
    if (flags.has('+short')) yield* call.out(answer.records.map((record) => `${dataOf(record)}\n`).join(''));
    else if (flags.has('+noall')) yield* call.out(flags.has('+answer') ? rows : '');
    else {
      yield* call.out(
        `\n; <<>> DiG 9.20.11 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}, id: ${Math.floor(call.context.random() * 65_536)}\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${answer.records.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${last}.\t\tIN\t${type}\n\n${rows === '' ? '' : `;; ANSWER SECTION:\n${rows}\n`};; Query time: 0 msec\n;; SERVER: ${answer.server}#53(${answer.server}) (UDP)\n;; WHEN: ${new Date(call.context.now()).toUTCString()}\n;; MSG SIZE  rcvd: 56\n\n`,
      );
    }
    return 0;
  },
};

function dataOf(record: DnsRecord): string {
  if (record.type === 'SRV') return `${record.priority} ${record.weight} ${record.port} ${record.target}.`;
  return record.type === 'CNAME' || record.type === 'PTR' ? `${record.target}.` : (addressOf(record) ?? '');
}
