import type * as corev1 from '../../api/core/v1.ts';
import { podLimits as totalLimits, podRequests as totalRequests } from '../../api/core/pod-resources.ts';
import type { ResourceList } from '../../api/core/resource-list.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';

type Kind = 'requests' | 'limits';

/** Sums by the frozen spec they are of: a pod's are asked for whenever another comes to its node. */
const sums = { requests: new WeakMap<object, ResourceList>(), limits: new WeakMap<object, ResourceList>() };
const sumOf = { requests: totalRequests, limits: totalLimits };

function amountsOfPod(pod: corev1.Pod, kind: Kind): ResourceList {
  const { spec } = pod;
  if (!spec) return new Map();
  const known = sums[kind].get(spec);
  if (known) return known;
  const made = sumOf[kind](pod);
  if (Object.isFrozen(spec)) sums[kind].set(spec, made);
  return made;
}

const toList = (amounts: ResourceList): Record<string, string> =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));

/** What a pod asks for by its spec, init containers, sidecars, pod-level resources and overhead included. */
export function podRequests(pod: corev1.Pod): ResourceList {
  return amountsOfPod(pod, 'requests');
}

/** The same as plain numbers, by the frozen spec. */
const values = new WeakMap<object, ReadonlyMap<string, number>>();

/** What a pod asks for as plain numbers: cpu in thousandths, the rest in units. */
export function podRequestValues(pod: corev1.Pod): ReadonlyMap<string, number> {
  const known = pod.spec && values.get(pod.spec);
  if (known) return known;
  const made = new Map<string, number>();
  for (const [name, amount] of podRequests(pod)) made.set(name, name === 'cpu' ? amount.milliValue() : amount.value());
  if (pod.spec && Object.isFrozen(pod.spec)) values.set(pod.spec, made);
  return made;
}

/** What a pod may use at most by its spec. */
export function podLimits(pod: corev1.Pod): ResourceList {
  return amountsOfPod(pod, 'limits');
}

/** `status.resources` and `status.allocatedResources` of a pod; nothing in them where nothing is asked for. */
export function podResourcesStatus(pod: corev1.Pod): Pick<corev1.PodStatus, 'resources' | 'allocatedResources'> {
  const requests = toList(podRequests(pod));
  const limits = toList(podLimits(pod));
  const asked = Object.keys(requests).length > 0;
  const limited = Object.keys(limits).length > 0;
  const resources = Object.assign(asked ? { requests } : {}, limited ? { limits } : undefined);
  return asked ? { allocatedResources: requests, resources } : { resources };
}

/**
 * A pod's quality of service, from its spec.
 *
 * Upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS (v1.36)
 */
export function getPodQOS(pod: corev1.Pod): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  if (pod.status?.qosClass) return pod.status.qosClass;
  const spec = pod.spec;
  const holders = spec?.resources
    ? [{ resources: spec.resources }]
    : [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const { resources } of holders) {
    for (const name of ['cpu', 'memory']) {
      const [request, limit] = [resources?.requests?.[name], resources?.limits?.[name]];
      const isSet = (text: string | undefined) => text !== undefined && !parseQuantity(text).isZero;
      any ||= isSet(request) || isSet(limit);
      guaranteed &&=
        isSet(limit) && (request === undefined || parseQuantity(request).equals(parseQuantity(limit ?? '0')));
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}
