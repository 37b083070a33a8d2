import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { defined } from '../shared/compact.ts';
import { findPort, headlessLabel, isServiceIPSet, shouldSetHostname } from '../shared/pod-endpoints.ts';
import { isPodReady } from '../shared/pod-status.ts';

export const controllerName = 'endpointslice-controller.k8s.io';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const serviceNameLabel = 'kubernetes.io/service-name';

export type AddressType = 'IPv4' | 'IPv6';

export const zoneLabel = 'topology.kubernetes.io/zone';
const reserved: ReadonlySet<string> = new Set([serviceNameLabel, managedByLabel, headlessLabel]);

/** What a pod is in a slice. Upstream: endpointslice/utils.go podToEndpoint (v1.36) */
export function podToEndpoint(
  pod: corev1.Pod,
  node: corev1.Node | undefined,
  service: corev1.Service,
  addressType: AddressType,
): discoveryv1.Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  return defined<discoveryv1.Endpoint>({
    addresses: (pod.status?.podIPs ?? [])
      .map(({ ip }) => ip)
      .filter((ip) => ip.includes(':') === (addressType === 'IPv6')),
    conditions: { ready, serving, terminating },
    targetRef: { kind: 'Pod', namespace, name, uid },
    nodeName: pod.spec?.nodeName || undefined,
    zone: node?.metadata.labels?.[zoneLabel] || undefined,
    hostname: shouldSetHostname(pod, service) ? pod.spec?.hostname : undefined,
    deprecatedTopology: undefined,
    hints: undefined,
  });
}

/** The numbers of a service's ports in a pod. */
export function getEndpointPorts(service: corev1.Service, pod: corev1.Pod): discoveryv1.EndpointPort[] {
  const out: discoveryv1.EndpointPort[] = [];
  for (const port of service.spec?.ports ?? []) {
    const number = findPort(pod, port);
    if (number === undefined) continue;
    const { appProtocol, protocol = 'TCP' } = port;
    out.push(defined<discoveryv1.EndpointPort>({ name: port.name ?? '', port: number, protocol, appProtocol }));
  }
  return out;
}

/** Equal for equal sets of ports. */
export function portMapKey(ports: readonly discoveryv1.EndpointPort[] | null | undefined): string {
  return (ports ?? [])
    .map(({ name = '', port = 0, protocol = '', appProtocol = '' }) => [name, port, protocol, appProtocol].join())
    .sort(compareStrings)
    .join(';');
}

/** Equal for endpoints that are the same pod at the same addresses. */
export function endpointKey({ addresses, hostname = '', targetRef }: discoveryv1.Endpoint): string {
  return [[...addresses].sort(compareStrings).join(), hostname, targetRef?.uid ?? '', targetRef?.name ?? ''].join(';');
}

export function newEndpointSlice(
  service: corev1.Service,
  ports: readonly discoveryv1.EndpointPort[],
  addressType: AddressType,
): discoveryv1.EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name ?? ''}-`,
      namespace: service.metadata.namespace ?? '',
      labels: sliceLabels(service),
      ownerReferences: [newControllerRef(service, { group: '', version: 'v1', kind: 'Service' })],
    },
    addressType,
    endpoints: [],
    ports,
  };
}

/** A service's labels, and those that tie a slice to it. */
export function sliceLabels(service: corev1.Service): Readonly<Record<string, string>> {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !reserved.has(key));
  return {
    ...Object.fromEntries(own),
    ...(isServiceIPSet(service) ? {} : { [headlessLabel]: '' }),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: controllerName,
  };
}

export function ownedBy(slice: discoveryv1.EndpointSlice, service: corev1.Service): boolean {
  return (slice.metadata.ownerReferences ?? []).some(
    ({ uid, kind, apiVersion }) => uid === service.metadata.uid && kind === 'Service' && apiVersion === 'v1',
  );
}

export function getAddressTypesForService(service: corev1.Service): readonly AddressType[] {
  const families = (service.spec?.ipFamilies ?? []) as readonly AddressType[];
  if (families.length > 0) return families;
  if (isServiceIPSet(service)) return [service.spec?.clusterIP?.includes(':') ? 'IPv6' : 'IPv4'];
  return ['IPv4', 'IPv6'];
}

/** The endpoints with hints for whom they are. Upstream: endpointslice/trafficdist (v1.36) */
export function withHints(
  endpoints: readonly discoveryv1.Endpoint[],
  trafficDistribution: string | undefined,
): discoveryv1.Endpoint[] {
  const wanted = ['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(trafficDistribution ?? '');
  return endpoints.map((endpoint) => {
    const { hints: _, ...bare } = endpoint;
    if (!wanted) return bare;
    if (endpoint.conditions?.ready !== true) return endpoint;
    const { zone, nodeName } = endpoint;
    const forNodes = trafficDistribution === 'PreferSameNode' && nodeName ? [{ name: nodeName }] : undefined;
    const forZones = zone ? [{ name: zone }] : undefined;
    if (!forZones && !forNodes) return bare;
    return { ...bare, hints: defined<discoveryv1.EndpointHints>({ forZones, forNodes }) };
  });
}
