import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Sim } from '../../sim/sim.ts';
import type { Store } from '../../store/store.ts';

const intervalMs = 5 * 60_000;
/** Changes that are never forgotten by the clock: in fast time a client from outside may need minutes for two requests. */
const leastKept = 20_000;

/**
 * Every five minutes the store forgets what was changed before the last five minutes. Gives a function that ends it.
 *
 * Upstream: apiserver/pkg/storage/etcd3/compact.go (v1.36). Differs: the newest 20,000 changes stay.
 */
export function compactByClock(sim: Sim, store: Store<KubernetesObject>): () => void {
  let before = store.revision;
  let cancel = () => {};
  const wait = (): void => {
    cancel = sim.setTimer(intervalMs, compact, { background: true });
  };
  const compact = (): void => {
    store.compact(Math.min(before, store.revision - leastKept));
    before = store.revision;
    wait();
  };
  wait();
  return () => cancel();
}
