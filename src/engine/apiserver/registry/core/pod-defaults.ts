import type * as corev1 from '../../../../api/core/v1.ts';
import type { Draft } from '../draft.ts';
import { aggregateContainerLimits, aggregateContainerRequests } from '../../../../api/core/pod-resources.ts';

function requestsFromLimits(containers: Draft<corev1.Container>[] | undefined): void {
  for (const container of containers ?? []) {
    const limits = container.resources?.limits;
    if (!limits || !container.resources) continue;
    const requests = container.resources.requests;
    if (requests && Object.keys(limits).every((name) => Object.hasOwn(requests, name))) continue;
    container.resources.requests = { ...limits, ...requests };
  }
}

type Lists = Draft<corev1.ResourceRequirements>;

const isHugePage = (name: string): boolean => name.startsWith('hugepages-');
const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePage(name);

/**
 * What the pod as a whole states is completed by what its containers state. A pod that has been through this may be frozen: nothing is
 * written then. Upstream: pkg/apis/core/v1/defaults.go defaultHugePagePodLimits, defaultPodRequests (v1.36)
 */
function setPodLevelResources(draft: Draft<corev1.Pod>, resources: Lists): void {
  const pod = draft as corev1.Pod;
  const { requests = {} } = resources;
  const limits = { ...resources.limits };
  if (Object.keys(limits).length + Object.keys(requests).length > 0) {
    for (const [name, sum] of aggregateContainerLimits(pod)) {
      if (isHugePage(name) && requests[name] === undefined) limits[name] ??= sum.toString();
    }
    if (isLonger(limits, resources.limits)) resources.limits = limits;
  }
  if (Object.keys(limits).length === 0) return;
  const wanted = { ...requests };
  for (const [name, sum] of aggregateContainerRequests(pod)) {
    if (isPodLevel(name) && !isHugePage(name)) wanted[name] ??= sum.toString();
  }
  for (const [name, limit] of Object.entries(limits)) if (isPodLevel(name)) wanted[name] ??= limit;
  if (isLonger(wanted, resources.requests)) resources.requests = wanted;
}
const isLonger = (list: object, than: object | undefined): boolean =>
  Object.keys(list).length > Object.keys(than ?? {}).length;

/**
 * Keeps podIP and the first of podIPs the same; podIP counts.
 *
 * Upstream: pkg/apis/core/v1/conversion.go Convert_v1_PodStatus_To_core_PodStatus (v1.36)
 */
function syncPodIPs(draft: Draft<corev1.Pod>): void {
  const { podIP, podIPs } = draft.status ?? {};
  const first = podIPs?.[0]?.ip;
  if (podIP ? podIP === first : !first) return;
  draft.status = podIP ? { ...draft.status, podIPs: [{ ip: podIP }] } : { ...draft.status, podIP: first ?? '' };
}

const initContainerAnnotations: ReadonlySet<string> = new Set([
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
]);

/** Annotations of kubelets of old are taken off. Upstream: pkg/apis/core/v1/conversion.go dropInitContainerAnnotations (v1.36) */
function dropInitContainerAnnotations({ metadata }: Draft<corev1.Pod>): void {
  const { annotations } = metadata;
  if (!annotations) return;
  const kept = Object.entries(annotations).filter(([key]) => !initContainerAnnotations.has(key));
  if (kept.length < Object.keys(annotations).length) metadata.annotations = Object.fromEntries(kept);
}

function hostPorts(containers: Draft<corev1.Container>[] | undefined): void {
  for (const { ports } of containers ?? []) for (const port of ports ?? []) port.hostPort ||= port.containerPort;
}

/** Defaults of pods that templates do not get. Upstream: core/v1 SetDefaults_Pod (v1.36) */
export function setPodDefaults(draft: Draft<corev1.Pod>): void {
  syncPodIPs(draft);
  dropInitContainerAnnotations(draft);
  const { spec } = draft;
  if (!spec) return;
  requestsFromLimits(spec.containers);
  requestsFromLimits(spec.initContainers);
  if (spec.resources) setPodLevelResources(draft, spec.resources);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) {
    hostPorts(spec.containers);
    hostPorts(spec.initContainers);
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
}
