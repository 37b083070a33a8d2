import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import { isRestartableInitContainer } from './restart-policy.ts';

type ResourceList = Readonly<Record<string, string>>;
type Amounts = Map<string, Quantity>;
type ReadonlyAmounts = ReadonlyMap<string, Quantity>;
type Kind = 'requests' | 'limits';

/** Parsed quantities by text: manifests repeat the same few. */
export function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(list ?? {})) amounts.set(name, parseQuantity(text));
  return amounts;
}

function addTo(sum: Amounts, more: Amounts): void {
  for (const [name, amount] of more) {
    const before = sum.get(name);
    sum.set(name, before ? before.add(amount) : amount);
  }
}

function maxInto(into: Amounts, other: Amounts): void {
  for (const [name, amount] of other) {
    const before = into.get(name);
    if (!before || amount.cmp(before) > 0) into.set(name, amount);
  }
}

/** Requests or limits of all containers together: the largest moment of the pod's life. */
function aggregate(spec: corev1.PodSpec, kind: Kind): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers) addTo(total, amountsOf(container.resources?.[kind]));
  const sidecars: Amounts = new Map();
  const init: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.[kind]);
    if (isRestartableInitContainer(container)) {
      addTo(total, own);
      addTo(sidecars, own);
      maxInto(init, sidecars);
    } else {
      addTo(own, sidecars);
      maxInto(init, own);
    }
  }
  maxInto(total, init);
  return total;
}

function podAmounts(spec: corev1.PodSpec, kind: Kind): Amounts {
  const total = aggregate(spec, kind);
  for (const [name, amount] of amountsOf(spec.resources?.[kind])) total.set(name, amount);
  const overhead = amountsOf(spec.overhead);
  if (kind === 'requests') addTo(total, overhead);
  else for (const [name, amount] of overhead) if (total.has(name)) addTo(total, new Map([[name, amount]]));
  return total;
}

/** Sums by the frozen spec they are of: a pod's are asked for whenever another comes to its node. */
const sums = { requests: new WeakMap<object, ReadonlyAmounts>(), limits: new WeakMap<object, ReadonlyAmounts>() };

function amountsOfPod({ spec }: corev1.Pod, kind: Kind): ReadonlyAmounts {
  if (!spec) return new Map();
  const known = sums[kind].get(spec);
  if (known) return known;
  const made = podAmounts(spec, kind);
  if (Object.isFrozen(spec)) sums[kind].set(spec, made);
  return made;
}

const toList = (amounts: ReadonlyAmounts): Record<string, string> =>
  Object.fromEntries([...amounts].map(([name, amount]) => [name, amount.toString()]));

/**
 * What a pod asks for, init containers, sidecars, pod-level resources and overhead included.
 *
 * Upstream: component-helpers/resource/helpers.go PodRequests (v1.36)
 */
export function podRequests(pod: corev1.Pod): ReadonlyAmounts {
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

/** What a pod may use at most. Upstream: component-helpers/resource/helpers.go PodLimits (v1.36) */
export function podLimits(pod: corev1.Pod): ReadonlyAmounts {
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
