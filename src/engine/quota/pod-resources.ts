/** What a pod asks for in all. Upstream: component-helpers/resource/helpers.go PodRequests, PodLimits (v1.36) */
import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';

export type ResourceList = Readonly<Record<string, string>>;

/** The sum, name by name. */
export function addLists(a: ResourceList, b: ResourceList): ResourceList {
  const out: Record<string, string> = { ...a };
  for (const name of Object.keys(b)) {
    const have = out[name];
    const more = b[name] ?? '0';
    out[name] = have === undefined ? more : parseQuantity(have).add(parseQuantity(more)).toString();
  }
  return out;
}

function maxLists(a: ResourceList, b: ResourceList): ResourceList {
  const out: Record<string, string> = { ...a };
  for (const name of Object.keys(b)) {
    const have = out[name];
    const other = b[name] ?? '0';
    if (have === undefined || parseQuantity(other).cmp(parseQuantity(have)) > 0) out[name] = other;
  }
  return out;
}

const podLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

type Which = 'requests' | 'limits';

function total(pod: corev1.Pod, which: Which): ResourceList {
  let sum: ResourceList = {};
  for (const { resources } of pod.spec?.containers ?? []) sum = addLists(sum, resources?.[which] ?? {});
  let sidecars: ResourceList = {};
  let initial: ResourceList = {};
  for (const { resources, restartPolicy } of pod.spec?.initContainers ?? []) {
    const own = resources?.[which] ?? {};
    if (restartPolicy === 'Always') {
      sum = addLists(sum, own);
      sidecars = addLists(sidecars, own);
      initial = maxLists(initial, sidecars);
    } else initial = maxLists(initial, addLists(own, sidecars));
  }
  const all = { ...maxLists(sum, initial) };
  for (const [name, quantity] of Object.entries(pod.spec?.resources?.[which] ?? {}))
    if (podLevel(name)) all[name] = quantity;
  return all;
}

/** What the pod requests, without overhead. */
export function podRequests(pod: corev1.Pod): ResourceList {
  return total(pod, 'requests');
}

/** What the pod is limited to, without overhead. */
export function podLimits(pod: corev1.Pod): ResourceList {
  return total(pod, 'limits');
}
