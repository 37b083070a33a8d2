/**
 * The world outside the cluster, as far as pods ask for it: public names have addresses, and a web server stands at each.
 *
 * It knows no site's content: every page is a short one that says so. Names under reserved domains, single words and what says of
 * itself that it does not exist are unknown, as in life.
 */
import type { Process } from '../../process/process.ts';
import type { DnsRecord } from '../../shell/network-stack.ts';
import type { HttpRequest, HttpResponse } from '../../shell/http.ts';
import { serveHttp } from '../../shell/http-server.ts';
import { publicAuthority } from '../../shell/public-authority.ts';
import type { NetworkStack } from '../../shell/network-stack.ts';
import type { Sim } from '../sim/sim.ts';
import type { DnsResult } from './core-dns.ts';
import { NetworkNamespace } from './namespace.ts';

/** Top-level domains that examples and exercises use; others do not exist here. */
const topLevelDomains = new Set(
  'com org net edu gov io dev ai app cloud co me info biz tv xyz tech site online us uk eu de fr ch at nl be it es pt pl cz se no fi dk ie jp cn in au nz ca br ru sh gg to ly fm im is cc tld'.split(
    ' ',
  ),
);
/** Public name servers: they answer questions too. */
const nameServers: ReadonlyMap<string, string> = new Map([
  ['dns.google', '8.8.8.8'],
  ['dns2.google', '8.8.4.4'],
  ['one.one.one.one', '1.1.1.1'],
  ['dns.quad9.net', '9.9.9.9'],
]);
const ttl = 300;
const nobody = /(^|[.-])(invalid|nonexist\w*|non-exist\w*|does-?not-?exist|no-?such\w*|unknown-?host)([.-]|\d|$)/;

/** Whether a name is one that the world's name servers know. Source: RFC 2606 (reserved names) */
export function isPublicName(name: string): boolean {
  const labels = name.split('.');
  const [domain, top] = labels.slice(-2);
  if (labels.length < 2 || top === undefined || !topLevelDomains.has(top) || nobody.test(name)) return false;
  if (!labels.every((label) => /^[a-z0-9_]([a-z0-9_-]*[a-z0-9])?$/.test(label))) return false;
  return domain !== 'example' || labels.length === 2 || (labels.length === 3 && labels[0] === 'www');
}

/** The address of a name: one for each, in the block that is set aside for measurements (RFC 2544), so that nobody's is meant. */
function addressNumber(name: string): number {
  let hash = 2_166_136_261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % (2 ** 17 - 2);
}

export class Internet {
  readonly #sim: Sim;
  readonly #stackOf: (namespace: NetworkNamespace) => NetworkStack;
  readonly #addresses = new Map<string, string>(nameServers);
  readonly #names = new Map<string, string>([...nameServers].map(([name, ip]) => [ip, name]));
  readonly #hosts = new Map<string, NetworkNamespace>();

  constructor(sim: Sim, stackOf: (namespace: NetworkNamespace) => NetworkStack) {
    this.#sim = sim;
    this.#stackOf = stackOf;
  }

  /** What public name servers answer. */
  answer(question: string, type: DnsRecord['type']): DnsResult {
    const name = question.replace(/\.$/, '').toLowerCase();
    if (name.endsWith('.in-addr.arpa')) return this.#reverse(name);
    if (!isPublicName(name)) return { rcode: 'NXDOMAIN', records: [] };
    if (type !== 'A') return { rcode: 'NOERROR', records: [] };
    return { rcode: 'NOERROR', records: [{ type: 'A', name, ttl, address: this.#addressOf(name) }] };
  }

  /** Whether a public name server stands at an address. */
  isNameServer(ip: string): boolean {
    return [...nameServers.values()].includes(ip);
  }

  /** The host at an address that a name was found to have. */
  hostAt(ip: string): NetworkNamespace | undefined {
    const name = this.#names.get(ip);
    if (name === undefined) return undefined;
    const known = this.#hosts.get(ip);
    if (known) return known;
    const endpoint = { kind: 'external' as const, namespace: '', name };
    const host = new NetworkNamespace({ id: `internet/${name}`, endpoint, nodeName: '', ips: [ip] });
    this.#hosts.set(ip, host);
    this.#serve(host);
    return host;
  }

  #serve(host: NetworkNamespace): void {
    const network = this.#stackOf(host);
    const handler = (request: HttpRequest) => page(request, host.endpoint.name);
    this.#sim.background(() => {
      this.#sim.spawn(serveHttp({ network, port: 80, handler }), 'internet');
      this.#sim.spawn(serveHttp({ network, port: 443, handler, certificate: publicAuthority }), 'internet');
    });
  }

  #addressOf(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    let number = addressNumber(name);
    const text = () => `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255 || 1}`;
    while (this.#names.has(text())) number = (number + 1) % (2 ** 17 - 2);
    const ip = text();
    this.#addresses.set(name, ip);
    this.#names.set(ip, name);
    return ip;
  }

  #reverse(name: string): DnsResult {
    const ip = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
    const target = this.#names.get(ip);
    if (target === undefined) return { rcode: 'NXDOMAIN', records: [] };
    return { rcode: 'NOERROR', records: [{ type: 'PTR', name, ttl, target }] };
  }
}

function* page({ method, headers, tls }: HttpRequest, name: string): Process<HttpResponse> {
  const site = `${tls ? 'https' : 'http'}://${(headers.get('host') ?? name).replace(/:\d+$/, '')}`;
  const body = `<html><head></head><body><header>\n<title>${site}</title>\n</header>\n\n<h1>${site}</h1>\n<p>This page stands for the site: the world outside the cluster is simulated.</p>\n</body></html>\n`;
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: method === 'HEAD' ? '' : body,
  };
}
