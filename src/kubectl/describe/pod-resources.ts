import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';

export type Amounts = ReadonlyMap<string, Quantity>;
type Side = 'requests' | 'limits';

const read = (list: Readonly<Record<string, string>> | undefined): Amounts =>
  new Map(Object.entries(list ?? {}).map(([name, amount]) => [name, parseQuantity(amount)]));

function combine(a: Amounts, b: Amounts, join: (x: Quantity, y: Quantity) => Quantity): Amounts {
  const result = new Map(a);
  for (const [name, amount] of b) {
    const before = result.get(name);
    result.set(name, before === undefined ? amount : join(before, amount));
  }
  return result;
}

export const addAmounts = (a: Amounts, b: Amounts): Amounts => combine(a, b, (x, y) => x.add(y));
const maxAmounts = (a: Amounts, b: Amounts): Amounts => combine(a, b, (x, y) => (x.cmp(y) < 0 ? y : x));

const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/**
 * What a pod asks for, or its limits: the sum of its containers and sidecars, or the greatest moment of its start; a pod's own figures
 * take their place. With `ofStatus`, what containers have now counts when it is more.
 *
 * Upstream: component-helpers/resource/helpers.go PodRequests, PodLimits (v1.36)
 */
export function podAmounts(pod: corev1.Pod, side: Side, ofStatus: boolean): Amounts {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const of = (container: corev1.Container): Amounts => {
    const wanted = read(container.resources?.[side]);
    const status = ofStatus ? statuses.find(({ name }) => name === container.name) : undefined;
    return status?.resources === undefined ? wanted : maxAmounts(wanted, read(status.resources[side]));
  };
  let total = (pod.spec?.containers ?? []).map(of).reduce(addAmounts, new Map());
  let sidecars: Amounts = new Map();
  let start: Amounts = new Map();
  for (const container of pod.spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      total = addAmounts(total, of(container));
      sidecars = addAmounts(sidecars, of(container));
      start = maxAmounts(start, sidecars);
    } else start = maxAmounts(start, addAmounts(sidecars, of(container)));
  }
  total = maxAmounts(total, start);
  const own = read(pod.spec?.resources?.[side]);
  const replaced = new Map([...total, ...[...own].filter(([name]) => isPodLevel(name))]);
  return withOverhead(replaced, pod, side);
}

/** Limits grow only where there is one. */
function withOverhead(amounts: Amounts, pod: corev1.Pod, side: Side): Amounts {
  const overhead = read(pod.spec?.overhead);
  if (side === 'requests') return addAmounts(amounts, overhead);
  return addAmounts(amounts, new Map([...overhead].filter(([name]) => amounts.has(name))));
}
