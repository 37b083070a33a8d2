import type * as corev1 from '../../../api/core/v1.ts';
import { nodes } from '../../../api/resources.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';

export type TaintEffect = corev1.Taint['effect'];
export interface TaintKey {
  readonly key: string;
  readonly effect: TaintEffect;
}

export const taintExists = (node: corev1.Node, { key, effect }: TaintKey): boolean =>
  (node.spec?.taints ?? []).some((taint) => taint.key === key && taint.effect === effect);

/**
 * Adds and removes taints, stamping those that are new. Gives the node as it is then; undefined when it is gone.
 *
 * Upstream: pkg/controller/util/node/controller_utils.go SwapNodeControllerTaint (v1.36)
 */
export function* swapNodeTaints(
  client: Client,
  node: corev1.Node,
  add: readonly TaintKey[],
  remove: readonly TaintKey[],
  nowMs: number,
): Process<corev1.Node | undefined> {
  const resource = client.resource(nodes);
  const name = node.metadata.name ?? '';
  const same = (a: TaintKey, b: TaintKey) => a.key === b.key && a.effect === b.effect;
  let current = node;
  for (let attempt = 0; ; attempt++) {
    const before = current.spec?.taints ?? [];
    const missing = add.filter((taint) => !before.some((other) => same(taint, other)));
    const kept = before.filter((taint) => !remove.some((other) => same(taint, other)));
    if (missing.length === 0 && kept.length === before.length) return current;
    const timeAdded = formatTime(nowMs);
    const taints = [...kept, ...missing.map(({ key, effect }) => ({ key, effect, timeAdded }))];
    const { resourceVersion } = current.metadata;
    try {
      const patch = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
      return yield* resource.patch(name, 'strategic', patch);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || attempt >= 4) throw error;
      current = yield* resource.get(name);
    }
  }
}
