/** What kube-proxy makes of a Service and its EndpointSlices: pure. Upstream: pkg/proxy/servicechangetracker.go, endpointschangetracker.go, topology.go (v1.36) */
import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';

export interface ProxyEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly nodeName: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Where it is meant to be used; empty: everywhere. */
  readonly forZones: readonly string[];
  readonly forNodes: readonly string[];
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
}

/** The rule for one port of one Service. Shared by all nodes: what is local is seen when it is used. */
export interface ServicePortRule {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
  readonly protocol: string;
  readonly port: number;
  readonly nodePort: number;
  readonly clusterIPs: readonly string[];
  readonly externalIPs: readonly string[];
  readonly endpoints: readonly ProxyEndpoint[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** Where load balancers ask whether a node has endpoints; 0: nowhere. */
  readonly healthCheckNodePort: number;
  /** Seconds for which a client keeps its endpoint; 0 without affinity. */
  readonly affinitySeconds: number;
}

/** Services with this label are another proxy's. */
const serviceProxyNameLabel = 'service.kubernetes.io/service-proxy-name';
/** Slices with this label are for name servers only. */
const headlessLabel = 'service.kubernetes.io/headless';

/**
 * One rule for each port. None for headless and ExternalName Services, nor for those of another proxy.
 *
 * Upstream: what kube-proxy does not even look at is in cmd/kube-proxy/app/server.go Run (v1.36)
 */
export function serviceRules(service: corev1.Service, slices: readonly discoveryv1.EndpointSlice[]): ServicePortRule[] {
  const { spec } = service;
  if (service.metadata.labels?.[serviceProxyNameLabel] !== undefined) return [];
  const used = slices.filter((slice) => slice.metadata.labels?.[headlessLabel] === undefined);
  if (!spec || spec.type === 'ExternalName' || !spec.clusterIP || spec.clusterIP === 'None') return [];
  const loadBalancerIPs = (service.status?.loadBalancer?.ingress ?? []).flatMap((ingress) =>
    ingress.ip && (ingress.ipMode ?? 'VIP') === 'VIP' ? [ingress.ip] : [],
  );
  return (spec.ports ?? []).map((port) => ({
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name ?? '',
    portName: port.name ?? '',
    protocol: port.protocol ?? 'TCP',
    port: port.port,
    nodePort: port.nodePort ?? 0,
    clusterIPs: spec.clusterIPs ?? [spec.clusterIP ?? ''],
    externalIPs: [...(spec.externalIPs ?? []), ...loadBalancerIPs],
    endpoints: used.flatMap((slice) => endpointsFor(slice, port)),
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
    healthCheckNodePort: needsHealthCheck(spec) ? (spec.healthCheckNodePort ?? 0) : 0,
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
  }));
}

/** Upstream: pkg/api/v1/service/util.go NeedsHealthCheck (v1.36) */
const needsHealthCheck = ({ type, externalTrafficPolicy }: corev1.ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function endpointsFor(slice: discoveryv1.EndpointSlice, servicePort: corev1.ServicePort): ProxyEndpoint[] {
  const match = (slice.ports ?? []).find(
    (port) =>
      (port.name ?? '') === (servicePort.name ?? '') && (port.protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP'),
  );
  const portNumber = match?.port;
  if (portNumber === undefined) return [];
  return (slice.endpoints ?? []).flatMap((endpoint) =>
    endpoint.addresses.slice(0, 1).map((ip) => ({
      ip,
      port: portNumber,
      nodeName: endpoint.nodeName ?? '',
      ready: endpoint.conditions?.ready !== false,
      serving: endpoint.conditions?.serving ?? endpoint.conditions?.ready !== false,
      terminating: endpoint.conditions?.terminating === true,
      forZones: (endpoint.hints?.forZones ?? []).map((zone) => zone.name),
      forNodes: (endpoint.hints?.forNodes ?? []).map((node) => node.name),
      pod:
        endpoint.targetRef?.kind === 'Pod'
          ? { namespace: endpoint.targetRef.namespace ?? '', name: endpoint.targetRef.name ?? '' }
          : undefined,
    })),
  );
}

/** The node on which a rule is used. */
export interface ProxyNode {
  readonly name: string;
  readonly zone: string;
}

/** The ready endpoints; when there is none, those that still serve while they terminate. */
function readyOrServing(endpoints: readonly ProxyEndpoint[]): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  return ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}

/**
 * The ready endpoints that topology hints give this node: those for the node itself, else those for its zone, else all. One endpoint
 * without a hint makes the hints void.
 *
 * Upstream: pkg/proxy/topology.go topologyModeFromHints, availableForTopology (v1.36)
 */
function hinted(endpoints: readonly ProxyEndpoint[], node: ProxyNode): readonly ProxyEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const byHint = (hints: (endpoint: ProxyEndpoint) => readonly string[], own: string) => {
    if (own === '' || ready.some((endpoint) => hints(endpoint).length === 0)) return [];
    return ready.filter((endpoint) => hints(endpoint).includes(own));
  };
  const forNode = byHint((endpoint) => endpoint.forNodes, node.name);
  const forZone = forNode.length > 0 ? forNode : byHint((endpoint) => endpoint.forZones, node.zone);
  return forZone.length > 0 ? forZone : readyOrServing(endpoints);
}

/**
 * Endpoints that may be chosen on a node.
 *
 * Upstream: pkg/proxy/topology.go CategorizeEndpoints (v1.36)
 */
export function usableEndpoints(rule: ServicePortRule, node: ProxyNode, onlyLocal: boolean): readonly ProxyEndpoint[] {
  if (onlyLocal) return readyOrServing(rule.endpoints.filter((endpoint) => endpoint.nodeName === node.name));
  return hinted(rule.endpoints, node);
}
