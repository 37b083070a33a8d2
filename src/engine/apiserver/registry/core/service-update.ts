/** What an update of a Service keeps, and what it drops with a change of type. Upstream: pkg/registry/core/service/strategy.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import type { Process } from '../../../../process/process.ts';
import type { Draft } from '../draft.ts';

type ServiceDraft = Draft<corev1.Service>;
type ServiceSpecDraft = NonNullable<ServiceDraft['spec']>;
type Spec = corev1.ServiceSpec;

const needsClusterIP = (spec: { readonly type?: string }): boolean => spec.type !== 'ExternalName';
const needsNodePort = (spec: { readonly type?: string; readonly allocateLoadBalancerNodePorts?: boolean }): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const mayHaveNodePort = (spec: { readonly type?: string }): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const needsHealthCheckNodePort = (spec: { readonly type?: string; readonly externalTrafficPolicy?: string }): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
const externallyAccessible = (spec: { readonly type?: string; readonly externalIPs?: readonly string[] }): boolean =>
  mayHaveNodePort(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
const sameClusterIPs = (old: Spec, spec: ServiceSpecDraft): boolean =>
  (old.clusterIP ?? '') === (spec.clusterIP ?? '') && deepEqual(old.clusterIPs ?? [], spec.clusterIPs ?? []);

/** Fills in what was allocated before and the writer left out. */
export function patchAllocatedValues(spec: ServiceSpecDraft, old: Spec): void {
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec.clusterIP = old.clusterIP;
    if (!spec.clusterIPs?.length && old.clusterIPs?.length) spec.clusterIPs = [...old.clusterIPs];
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const oldPorts = new Set((old.ports ?? []).map((port) => port.nodePort ?? 0));
    const kept = new Set(
      (spec.ports ?? []).map((port) => port.nodePort ?? 0).filter((port) => port !== 0 && oldPorts.has(port)),
    );
    const byName = new Map((old.ports ?? []).map((port) => [port.name ?? '', port.nodePort ?? 0]));
    if (spec.ports)
      spec.ports = spec.ports.map((port) => {
        const before = byName.get(port.name ?? '') ?? 0;
        return port.nodePort || before === 0 || kept.has(before) ? port : { ...port, nodePort: before };
      });
  }
  if (
    needsHealthCheckNodePort(old) &&
    needsHealthCheckNodePort(spec) &&
    !spec.healthCheckNodePort &&
    old.healthCheckNodePort
  )
    spec.healthCheckNodePort = old.healthCheckNodePort;
}

/** Brings clusterIP and clusterIPs in step, as the writer may know one of them only. */
export function normalizeClusterIPs(spec: ServiceSpecDraft, old: Spec | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const [before, now] = [old.clusterIP ?? '', spec.clusterIP ?? ''];
  if (old.clusterIPs?.length && !spec.clusterIPs?.length && before === now) spec.clusterIPs = [...old.clusterIPs];
  if (before === now || !deepEqual(old.clusterIPs ?? [], spec.clusterIPs ?? [])) return;
  if (now === '') delete spec.clusterIPs;
  else spec.clusterIPs = [now];
}

/** Drops what does not fit the new type, where the writer did not change it too. */
export function dropTypeDependentFields(draft: ServiceDraft, old: corev1.Service): void {
  if (!draft.spec || !old.spec) return;
  const spec = (draft.spec = { ...draft.spec });
  if (needsClusterIP(old.spec) && !needsClusterIP(spec)) {
    if (sameClusterIPs(old.spec, spec)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (deepEqual(old.spec.ipFamilies, spec.ipFamilies)) delete spec.ipFamilies;
    if (old.spec.ipFamilyPolicy === spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
  }
  if (mayHaveNodePort(old.spec) && !mayHaveNodePort(spec) && sameNodePorts(old.spec, spec) && spec.ports)
    spec.ports = spec.ports.map(({ nodePort: _, ...port }) => port);
  if (
    needsHealthCheckNodePort(old.spec) &&
    !needsHealthCheckNodePort(spec) &&
    old.spec.healthCheckNodePort === spec.healthCheckNodePort
  )
    delete spec.healthCheckNodePort;
  if (old.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (old.spec.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts)
      delete spec.allocateLoadBalancerNodePorts;
    if (old.spec.loadBalancerClass === spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (
    externallyAccessible(old.spec) &&
    !externallyAccessible(spec) &&
    old.spec.externalTrafficPolicy === spec.externalTrafficPolicy
  )
    delete spec.externalTrafficPolicy;
  if (spec.type !== 'LoadBalancer') draft.status = { ...draft.status, loadBalancer: {} };
}

/**
 * Drops what a name outside the cluster does not need, once it has been checked: its managers keep it all the same.
 * Upstream: storage.go defaultOnReadInternalTrafficPolicy, which drops it from what is read
 */
export function* dropInternalTrafficPolicy(draft: ServiceDraft): Process<void> {
  const { spec } = draft;
  if (spec?.internalTrafficPolicy === undefined || needsClusterIP(spec)) return;
  draft.spec = { ...spec };
  delete draft.spec.internalTrafficPolicy;
}

const sameNodePorts = (old: Spec, spec: ServiceSpecDraft): boolean => {
  const of = (ports: readonly { readonly nodePort?: number }[] | undefined) =>
    JSON.stringify([...new Set((ports ?? []).map((port) => port.nodePort ?? 0).filter(Boolean))].sort());
  return of(old.ports) === of(spec.ports);
};

/** Upstream: pkg/apis/core/v1/defaults.go SetDefaults_Service (v1.36) */
export function setServiceDefaults(draft: ServiceDraft): void {
  const spec = (draft.spec = { ...draft.spec } as ServiceSpecDraft);
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10_800 } };
  spec.type ||= 'ClusterIP';
  if (externallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (needsClusterIP(spec)) spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
    const ingress = draft.status?.loadBalancer?.ingress;
    if (ingress?.some((one) => one.ip && !one.ipMode))
      draft.status = {
        ...draft.status,
        loadBalancer: { ingress: ingress.map((one) => (one.ip && !one.ipMode ? { ...one, ipMode: 'VIP' } : one)) },
      };
  }
}
