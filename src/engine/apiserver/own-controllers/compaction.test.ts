import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { Sim } from '../../sim/sim.ts';
import { Store } from '../../store/store.ts';
import { compactByClock } from './compaction.ts';

const minutes = 60_000;

function write(store: Store<KubernetesObject>, count: number): void {
  for (let i = 0; i < count; i++) {
    const { modRevision = 0 } = store.get('core/configmaps/default/a') ?? {};
    store.put('core/configmaps/default/a', modRevision, () => ({ metadata: { name: 'a' } }));
  }
}

describe('compaction by the clock', () => {
  it('forgets what was changed before the last five minutes', () => {
    const sim = new Sim();
    const store = new Store<KubernetesObject>(sim, { firstRevision: 1 });
    const stop = compactByClock(sim, store);
    write(store, 30_000);
    sim.advance(5 * minutes);
    expect(store.compactedRevision).toBe(1);
    write(store, 25_000);
    sim.advance(5 * minutes);
    expect(store.compactedRevision).toBe(30_001);
    stop();
    expect(sim.nextAt()).toBeUndefined();
  });
  it('keeps the newest changes however old they are', () => {
    const sim = new Sim();
    const store = new Store<KubernetesObject>(sim, { firstRevision: 1 });
    compactByClock(sim, store);
    write(store, 25_000);
    sim.advance(60 * minutes);
    expect(store.compactedRevision).toBe(5001);
  });
});
