/**
 * CoreDNS's part: answers for the cluster's zone from Services and EndpointSlices, NXDOMAIN or SERVFAIL for the rest.
 * Source: the specification "Kubernetes DNS-Based Service Discovery" 1.1.0
 */
import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';
import { endpointSlices, services } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { DnsRecord } from '../../shell/network-stack.ts';
import type { ComponentContext } from '../component.ts';

const ttl = 30;

export interface DnsResult {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly records: readonly DnsRecord[];
}

const none: DnsResult = { rcode: 'NXDOMAIN', records: [] };
const empty: DnsResult = { rcode: 'NOERROR', records: [] };

interface Target {
  readonly hostname: string;
  readonly ip: string;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

export class CoreDns {
  readonly zone: string;
  /** Knows the names of the world outside. */
  readonly #upstream: (name: string, type: DnsRecord['type']) => DnsResult;
  readonly #services: Informer<corev1.Service>;
  readonly #slices: Informer<discoveryv1.EndpointSlice>;

  constructor(
    context: ComponentContext,
    upstream: (name: string, type: DnsRecord['type']) => DnsResult = () => none,
    zone = 'cluster.local',
  ) {
    this.zone = zone;
    this.#upstream = upstream;
    this.#services = context.informers.informer(services, {
      indexers: { ip: (service) => service.spec?.clusterIPs ?? [] },
    });
    this.#slices = context.informers.informer(endpointSlices, {
      indexers: {
        service: (slice) => [
          `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`,
        ],
      },
    });
  }

  /** Answers one question. The name may end in a dot; case does not matter. */
  answer(question: string, type: DnsRecord['type']): DnsResult {
    const name = question.replace(/\.$/, '').toLowerCase();
    if (name.endsWith('.in-addr.arpa')) return this.#reverse(name);
    if (name !== this.zone && !name.endsWith(`.${this.zone}`)) return this.#upstream(name, type);
    const labels = name
      .slice(0, -this.zone.length - 1)
      .split('.')
      .filter(Boolean);
    const kind = labels.pop();
    if (kind === 'svc') return this.#service(name, labels, type);
    if (kind === 'pod') return podRecord(name, labels, type);
    return kind === undefined ? empty : none;
  }

  #service(name: string, labels: readonly string[], type: DnsRecord['type']): DnsResult {
    const namespace = labels.at(-1);
    const serviceName = labels.at(-2);
    if (namespace === undefined) return empty;
    if (serviceName === undefined) return this.#namespaceExists(namespace) ? empty : none;
    const service = this.#services.store.get(`${namespace}/${serviceName}`);
    if (!service?.spec) return none;
    if (service.spec.type === 'ExternalName') return this.#externalName(name, service, type);
    const rest = labels.slice(0, -2);
    if (rest.length === 2 && rest[0]?.startsWith('_') && rest[1]?.startsWith('_'))
      return this.#srv(name, service, rest[0].slice(1), rest[1].slice(1), type);
    if (rest.length === 1) return this.#endpoint(name, service, rest[0] ?? '', type);
    if (rest.length > 0) return none;
    if (type === 'SRV') return this.#srv(name, service, '', '', type);
    const ips = isHeadless(service)
      ? this.#targets(service).map((target) => target.ip)
      : (service.spec.clusterIPs ?? []);
    if (ips.length === 0) return none;
    return addresses(name, ips, type);
  }

  #endpoint(name: string, service: corev1.Service, hostname: string, type: DnsRecord['type']): DnsResult {
    const ips = isHeadless(service)
      ? this.#targets(service)
          .filter((target) => target.hostname === hostname)
          .map((target) => target.ip)
      : [];
    return ips.length === 0 ? none : addresses(name, ips, type);
  }

  #srv(name: string, service: corev1.Service, portName: string, protocol: string, type: DnsRecord['type']): DnsResult {
    const domain = `${service.metadata.name}.${service.metadata.namespace}.svc.${this.zone}`;
    const wanted = (port: { readonly name?: string; readonly protocol?: string }) =>
      portName === '' || ((port.name ?? '') === portName && (port.protocol ?? 'TCP').toLowerCase() === protocol);
    const found = isHeadless(service)
      ? this.#targets(service).flatMap((target) =>
          target.ports.filter(wanted).map((port) => ({ target: `${target.hostname}.${domain}`, port: port.port })),
        )
      : (service.spec?.ports ?? []).filter(wanted).map((port) => ({ target: domain, port: port.port }));
    if (found.length === 0) return none;
    if (type !== 'SRV') return empty;
    const weight = Math.max(1, Math.floor(100 / found.length));
    return {
      rcode: 'NOERROR',
      records: found.map(({ target, port }) => ({ type: 'SRV', name, ttl, priority: 0, weight, port, target })),
    };
  }

  #externalName(name: string, service: corev1.Service, type: DnsRecord['type']): DnsResult {
    const target = service.spec?.externalName ?? '';
    const alias: DnsRecord = { type: 'CNAME', name, ttl, target };
    const inner = type === 'CNAME' ? empty : this.answer(target, type);
    return { rcode: 'NOERROR', records: [alias, ...inner.records] };
  }

  #reverse(name: string): DnsResult {
    const ip = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
    const service = this.#services.store.byIndex('ip', ip)[0];
    if (service) return pointer(name, `${service.metadata.name}.${service.metadata.namespace}.svc.${this.zone}`);
    for (const slice of this.#slices.store.list()) {
      const endpoint = slice.endpoints?.find((one) => one.addresses.includes(ip));
      const owner = slice.metadata.labels?.['kubernetes.io/service-name'];
      if (endpoint && owner)
        return pointer(
          name,
          `${endpoint.hostname ?? ip.replaceAll('.', '-')}.${owner}.${slice.metadata.namespace}.svc.${this.zone}`,
        );
    }
    return none;
  }

  #targets(service: corev1.Service): Target[] {
    const key = `${service.metadata.namespace}/${service.metadata.name}`;
    const ignoreReadiness = service.spec?.publishNotReadyAddresses === true;
    return this.#slices.store.byIndex('service', key).flatMap((slice) =>
      (slice.endpoints ?? [])
        .filter((endpoint) => ignoreReadiness || endpoint.conditions?.ready !== false)
        .flatMap((endpoint) =>
          endpoint.addresses.map((ip) => ({
            hostname: endpoint.hostname ?? ip.replaceAll('.', '-'),
            ip,
            ports: (slice.ports ?? []).map((port) => ({
              name: port.name ?? '',
              protocol: port.protocol ?? 'TCP',
              port: port.port ?? 0,
            })),
          })),
        ),
    );
  }

  #namespaceExists(namespace: string): boolean {
    return this.#services.store.list(namespace).length > 0;
  }
}

const isHeadless = (service: corev1.Service): boolean => service.spec?.clusterIP === 'None';

const pointer = (name: string, target: string): DnsResult => ({
  rcode: 'NOERROR',
  records: [{ type: 'PTR', name, ttl, target }],
});

function addresses(name: string, ips: readonly string[], type: DnsRecord['type']): DnsResult {
  const wanted =
    type === 'AAAA' ? ips.filter((ip) => ip.includes(':')) : type === 'A' ? ips.filter((ip) => !ip.includes(':')) : [];
  return {
    rcode: 'NOERROR',
    records: wanted.map((address) => ({ type: type === 'AAAA' ? 'AAAA' : 'A', name, ttl, address })),
  };
}

/** `10-244-1-7.default.pod`: the address is in the name. */
function podRecord(name: string, labels: readonly string[], type: DnsRecord['type']): DnsResult {
  const ip = labels.length === 2 ? (labels[0] ?? '').replaceAll('-', '.') : '';
  return /^\d+(\.\d+){3}$/.test(ip) ? addresses(name, [ip], type) : none;
}
