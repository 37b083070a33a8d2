import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sim } from '../sim/sim.ts';
import { FutureRevisionError, RevisionCompactedError, Store, type StoreEvent } from './store.ts';

type Command = { readonly op: 'put' | 'delete'; readonly key: string; readonly value: number; readonly stale: boolean };
const commands = fc.array(
  fc.record({
    op: fc.constantFrom('put' as const, 'put' as const, 'delete' as const),
    key: fc.constantFrom('pods/a/1', 'pods/a/2', 'pods/b/1', 'nodes/x', 'podsx/1'),
    value: fc.integer(),
    stale: fc.boolean(),
  }),
  { maxLength: 60 },
);
const perform = (store: Store<number>, command: Command) => {
  const at = store.get(command.key)?.modRevision ?? 0;
  const expected = command.stale ? at + 1 : at;
  return command.op === 'put'
    ? store.put(command.key, expected, () => command.value)
    : store.delete(command.key, expected);
};
const contents = (store: Store<number>, prefix: string, revision?: number) =>
  store
    .list(prefix, revision === undefined ? {} : { revision })
    .map((entry) => [entry.key, entry.value, entry.modRevision]);

describe('the store', () => {
  it('reads at any kept revision what stood there then', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const store = new Store<number>(new Sim());
        const past: [number, unknown][] = [[store.revision, contents(store, 'pods/')]];
        for (const command of list) {
          perform(store, command);
          past.push([store.revision, contents(store, 'pods/')]);
        }
        for (const [revision, expected] of past) expect(contents(store, 'pods/', revision)).toEqual(expected);
      }),
      { seed: 2 },
    );
  });

  it('a watch from any kept revision ends with what a fresh list gives', () => {
    fc.assert(
      fc.property(commands, fc.nat(40), (list, from) => {
        const sim = new Sim();
        const store = new Store<number>(sim);
        const mirror = new Map<string, number>();
        const revisions: number[] = [];
        const apply = (events: readonly StoreEvent<number>[]) => {
          for (const event of events) {
            revisions.push(event.revision);
            if (event.type === 'put') mirror.set(event.key, event.value);
            else mirror.delete(event.key);
          }
        };
        list.forEach((command, i) => {
          if (i === from % Math.max(1, list.length)) {
            for (const entry of store.list('pods/')) mirror.set(entry.key, entry.value);
            store.watch('pods/', store.revision, apply);
          }
          perform(store, command);
          if (i % 3 === 0) sim.settle();
        });
        sim.settle();
        if (list.length > 0)
          expect([...mirror].sort()).toEqual(
            store
              .list('pods/')
              .map((entry) => [entry.key, entry.value])
              .sort(),
          );
        expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
      }),
      { seed: 3 },
    );
  });

  it('never writes when the expected revision does not hold', () => {
    fc.assert(
      fc.property(commands, (list) => {
        const store = new Store<number>(new Sim());
        for (const command of list) {
          const before = store.revision;
          const exists = store.get(command.key) !== undefined;
          const done = perform(store, command);
          const writes = !command.stale && (command.op === 'put' || exists);
          expect(done !== undefined).toBe(writes);
          expect(store.revision).toBe(writes ? before + 1 : before);
        }
      }),
      { seed: 4 },
    );
  });

  it('delivers in tasks of their own, never inside the write', () => {
    const sim = new Sim();
    const store = new Store<number>(sim);
    const batches: number[] = [];
    const watch = store.watch('pods/', store.revision, (events) => batches.push(events.length));
    store.put('pods/a/1', 0, () => 1);
    store.put('pods/a/2', 0, () => 1);
    store.put('podsx/1', 0, () => 1);
    expect(batches).toEqual([]);
    sim.settle();
    expect(batches).toEqual([2]);
    watch.stop();
    store.put('pods/a/3', 0, () => 1);
    sim.settle();
    expect([batches, store.watchCount]).toEqual([[2], 0]);
  });

  it('forgets what was compacted and says so', () => {
    const store = new Store<number>(new Sim());
    for (let i = 0; i < 10; i++) store.put('pods/a', store.get('pods/a')?.modRevision ?? 0, () => i);
    store.compact(6);
    expect(() => store.list('pods/', { revision: 5 })).toThrow(RevisionCompactedError);
    expect(contents(store, 'pods/', 6)).toEqual([['pods/a', 4, 6]]);
    expect(() => store.watch('pods/', 5, () => {})).toThrow(RevisionCompactedError);
    expect(() => store.list('pods/', { revision: 99 })).toThrow(FutureRevisionError);
    expect(store.changes('pods/', 6).map((event) => event.revision)).toEqual([7, 8, 9, 10, 11]);
  });

  it('keeps history within its limit', () => {
    const store = new Store<number>(new Sim(), { historyLimit: 100 });
    for (let i = 0; i < 1000; i++) store.put(`pods/${i}`, 0, () => i);
    expect(store.compactedRevision).toBeGreaterThan(800);
  });

  it('pages with startKey and limit', () => {
    const store = new Store<number>(new Sim());
    for (let i = 0; i < 9; i++) store.put(`pods/${i}`, 0, () => i);
    expect(store.list('pods/', { startKey: 'pods/3', limit: 2 }).map((entry) => entry.value)).toEqual([3, 4]);
    expect(store.count('pods/', 'pods/3')).toBe(6);
  });
});
