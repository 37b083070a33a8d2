import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';
import { formatLabels } from '../../apimachinery/labels.ts';
import type { Process } from '../../process/process.ts';
import { noneIfEmpty, printLabelsAndAnnotations, printNames } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { type Describe, listAll, plain, type Session } from './session.ts';

const shownEndpoints = 3;

/** The slices of a service. */
export function* slicesOf(
  session: Pick<Session, 'factory'>,
  namespace: string,
  service: string,
): Process<discoveryv1.EndpointSlice[]> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return yield* listAll<discoveryv1.EndpointSlice>({ ...session, chunkSize: 0 }, path, { labelSelector });
}

/** Ready addresses of one port, three at most. Upstream: describe.go formatEndpointSlices (v1.36) */
export function formatEndpointSlices(slices: readonly discoveryv1.EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const all: string[] = [];
  for (const { endpoints, ports } of slices) {
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    const addresses = ready.map((endpoint) => endpoint.addresses[0] ?? '');
    if (!ports?.length) all.push(...addresses);
    for (const { name, port } of ports ?? []) {
      if ((name ?? '') === portName) all.push(...addresses.map((address) => joinHostPort(address, port ?? 0)));
    }
  }
  const list = all.slice(0, shownEndpoints).join(',');
  return all.length > shownEndpoints ? `${list} + ${all.length - shownEndpoints} more...` : list;
}

const joinHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Upstream: kubectl/pkg/describe/describe.go describeService (v1.36) */
export const describeService: Describe = function* (object, session) {
  const service = object as unknown as corev1.Service;
  const { metadata, spec, status } = service;
  const { w } = session;
  let slices: readonly discoveryv1.EndpointSlice[] = [];
  try {
    slices = yield* slicesOf(session, metadata?.namespace ?? '', metadata?.name ?? '');
  } catch {
    slices = [];
  }
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Selector:\t${formatLabels(spec?.selector)}\n`);
  w.write(0, `Type:\t${spec?.type ?? ''}\n`);
  if (spec?.ipFamilyPolicy !== undefined) w.write(0, `IP Family Policy:\t${spec.ipFamilyPolicy}\n`);
  w.write(0, `IP Families:\t${noneIfEmpty((spec?.ipFamilies ?? []).join(','))}\n`);
  w.write(0, `IP:\t${spec?.clusterIP ?? ''}\n`);
  w.write(0, `IPs:\t${noneIfEmpty((spec?.clusterIPs ?? []).join(','))}\n`);
  if (spec?.externalIPs?.length) w.write(0, `External IPs:\t${spec.externalIPs.join(',')}\n`);
  if (spec?.loadBalancerIP) w.write(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}\n`);
  if (spec?.externalName) w.write(0, `External Name:\t${spec.externalName}\n`);
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) w.write(0, `LoadBalancer Ingress:\t${ingress.map(ingressText).join(', ')}\n`);
  for (const port of spec?.ports ?? []) printPort(w, port, slices);
  printTraffic(w, spec);
};

const ingressText = ({ ip, ipMode, hostname = '' }: corev1.LoadBalancerIngress): string =>
  ip ? `${ip}${ipMode === undefined ? '' : ` (${ipMode})`}` : hostname;

function printPort(w: PrefixWriter, port: corev1.ServicePort, slices: readonly discoveryv1.EndpointSlice[]): void {
  const { name = '', protocol = '', targetPort = 0, appProtocol, nodePort = 0 } = port;
  const shown = name === '' ? '<unset>' : name;
  w.write(0, `Port:\t${shown}\t${port.port}/${protocol}\n`);
  w.write(0, `TargetPort:\t${targetPort}/${protocol}\n`);
  if (appProtocol !== undefined) w.write(0, `AppProtocol:\t${appProtocol}\n`);
  if (nodePort !== 0) w.write(0, `NodePort:\t${shown}\t${nodePort}/${protocol}\n`);
  w.write(0, `Endpoints:\t${formatEndpointSlices(slices, name)}\n`);
}

function printTraffic(w: PrefixWriter, spec: corev1.ServiceSpec | undefined): void {
  w.write(0, `Session Affinity:\t${spec?.sessionAffinity ?? ''}\n`);
  if (spec?.externalTrafficPolicy) w.write(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`);
  if (spec?.internalTrafficPolicy !== undefined) {
    w.write(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`);
  }
  if (spec?.healthCheckNodePort) w.write(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}\n`);
  if (spec?.loadBalancerSourceRanges?.length) {
    w.write(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}\n`);
  }
  if (spec?.trafficDistribution !== undefined) w.write(0, `Traffic Distribution:\t${spec.trafficDistribution}\n`);
}

/** Upstream: kubectl/pkg/describe/describe.go describeEndpoints (v1.36) */
export const describeEndpoints = plain<corev1.Endpoints>((w, { metadata, subsets }) => {
  const addresses = (list: readonly corev1.EndpointAddress[] | undefined): string =>
    noneIfEmpty((list ?? []).map(({ ip }) => ip).join(','));
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, 'Subsets:\n');
  for (const subset of subsets ?? []) {
    w.write(1, `Addresses:\t${addresses(subset.addresses)}\n`);
    w.write(1, `NotReadyAddresses:\t${addresses(subset.notReadyAddresses)}\n`);
    if (subset.ports?.length) {
      w.write(1, 'Ports:\n');
      w.write(2, 'Name\tPort\tProtocol\n');
      w.write(2, '----\t----\t--------\n');
      for (const { name, port, protocol = '' } of subset.ports) {
        w.write(2, `${name || '<unset>'}\t${port}\t${protocol}\n`);
      }
    }
    w.write(0, '\n');
  }
});

/** Upstream: kubectl/pkg/describe/describe.go describeEndpointSliceV1 (v1.36) */
export const describeEndpointSlice = plain<discoveryv1.EndpointSlice>((w, slice) => {
  const { metadata, addressType, ports, endpoints } = slice;
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `AddressType:\t${addressType}\n`);
  if (ports?.length) {
    w.write(0, 'Ports:\n');
    w.write(1, 'Name\tPort\tProtocol\n');
    w.write(1, '----\t----\t--------\n');
    for (const { name, port, protocol = '' } of ports) {
      w.write(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}\n`);
    }
  } else w.write(0, 'Ports: <unset>\n');
  if (!endpoints?.length) return w.write(0, 'Endpoints: <none>\n');
  w.write(0, 'Endpoints:\n');
  for (const endpoint of endpoints) {
    w.write(1, `- Addresses:\t${noneIfEmpty(endpoint.addresses.join(', '))}\n`);
    w.write(2, 'Conditions:\n');
    w.write(3, `Ready:\t${endpoint.conditions?.ready ?? '<unset>'}\n`);
    w.write(2, `Hostname:\t${endpoint.hostname ?? '<unset>'}\n`);
    if (endpoint.targetRef)
      w.write(2, `TargetRef:\t${endpoint.targetRef.kind ?? ''}/${endpoint.targetRef.name ?? ''}\n`);
    w.write(2, `NodeName:\t${endpoint.nodeName ?? '<unset>'}\n`);
    w.write(2, `Zone:\t${endpoint.zone ?? '<unset>'}\n`);
  }
});
