import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { podLimits, podRequests } from '../../api/core/pod-resources.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import type { Evaluator } from './evaluator.ts';
import { addResources, one, parseResourceList, type ResourceList } from '../../api/core/resource-list.ts';
import { scopeSelects } from './scope-selector.ts';

const computeNames = ['cpu', 'memory', 'ephemeral-storage'];
const podNames = new Set([
  'count/pods',
  'pods',
  ...computeNames.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** If a quota limits one of these, each container must say how much it wants. */
const requiredNames = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));

/** Upstream: pkg/quota/v1/evaluator/core/pods.go (v1.36) */
export const podEvaluator: Evaluator<corev1.Pod> = {
  group: '',
  resource: 'pods',
  matchingResources: (names) =>
    names.filter((name) => podNames.has(name) || isHugePages(name) || isExtendedRequest(name)),
  usage(pod, nowMs) {
    const counted: ResourceList = new Map([['count/pods', one]]);
    if (!isCharged(pod, nowMs)) return counted;
    const options = { useStatus: true };
    return addResources(counted, computeUsage(podRequests(pod, options), podLimits(pod, options)));
  },
  matchesScope(scope, pod) {
    switch (scope.scopeName) {
      case 'Terminating':
        return isTerminating(pod);
      case 'NotTerminating':
        return !isTerminating(pod);
      case 'BestEffort':
        return isBestEffort(pod);
      case 'NotBestEffort':
        return !isBestEffort(pod);
      case 'PriorityClass':
        return scopeSelects(scope, pod.spec?.priorityClassName ? [pod.spec.priorityClassName] : []);
      case 'CrossNamespacePodAffinity':
        return usesOtherNamespaces(pod);
      default:
        return false;
    }
  },
  freesUsage(old, pod, nowMs) {
    if (isTerminating(old) !== isTerminating(pod) || allocationChanged(old, pod)) return true;
    return isCharged(old, nowMs) && !isCharged(pod, nowMs);
  },
  countsUpdate: (subresource, old, pod) =>
    subresource === 'resize' || (subresource === '' && isTerminating(old) !== isTerminating(pod)),
  constraint(required, pod) {
    if (pod.spec?.resources?.requests || pod.spec?.resources?.limits) return undefined;
    const missing = new Map<string, string[]>();
    for (const { name, resources } of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
      const given = computeUsage(parseResourceList(resources?.requests), parseResourceList(resources?.limits));
      for (const resource of required) {
        if (!requiredNames.has(resource) || given.has(resource)) continue;
        missing.set(resource, [...(missing.get(resource) ?? []), name]);
      }
    }
    if (missing.size === 0) return undefined;
    const byName = [...missing].sort(([a], [b]) => compareStrings(a, b));
    const texts = byName.map(([resource, names]) => `${resource} for: ${[...new Set(names)].sort().join(',')}`);
    return `must specify ${texts.join('; ')}`;
  },
};

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-') || name.startsWith('requests.hugepages-');
}

function isExtendedRequest(name: string): boolean {
  if (!name.startsWith('requests.')) return false;
  if (name.startsWith('requests.deviceclass.resource.kubernetes.io/')) return true;
  return name.includes('/') && !name.includes('kubernetes.io/');
}

function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage = new Map([['pods', one]]);
  for (const [name, amount] of requests) {
    if (computeNames.includes(name) || name.startsWith('hugepages-')) {
      usage.set(name, amount).set(`requests.${name}`, amount);
    } else if (name.includes('/') && !name.includes('kubernetes.io/')) usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (computeNames.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

/** Neither finished nor left over after its grace. */
function isCharged({ metadata, status }: corev1.Pod, nowMs: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function isTerminating({ spec }: corev1.Pod): boolean {
  return (spec?.activeDeadlineSeconds ?? -1) >= 0;
}

/** Every pod has its class from its creation on. */
function isBestEffort({ status }: corev1.Pod): boolean {
  return status?.qosClass === 'BestEffort';
}

function usesOtherNamespaces({ spec }: corev1.Pod): boolean {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].some((affinity) => {
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const terms = [
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...preferred.map(({ podAffinityTerm }) => podAffinityTerm),
    ];
    return terms.some(({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector);
  });
}

function allocationChanged(old: corev1.Pod, pod: corev1.Pod): boolean {
  return (old.status?.containerStatuses ?? []).some(({ name, resources }) => {
    const now = pod.status?.containerStatuses?.find((status) => status.name === name);
    return now !== undefined && !deepEqual(resources, now.resources);
  });
}
