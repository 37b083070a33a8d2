import { describe, expect, it } from 'vitest';
import { deployments, services } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { guestbook } from './inputs.ts';

/** Runs the same inputs in a cluster of its own. */
function run(seed: string): { cluster: Cluster; hash: string } {
  const cluster = createCluster({ seed, nodes: 3, latency: 'realistic', systemPods: true });
  for (const { atMs, object } of guestbook) {
    cluster.advance(atMs - cluster.sim.elapsed);
    const ref = object.kind === 'Service' ? services : deployments;
    cluster.sim.spawn(cluster.client().resource<typeof object>(ref, 'default').create(object));
  }
  cluster.advance(90_000);
  return { cluster, hash: cluster.historyHash() };
}

describe('history', () => {
  it('is the same for the same seed and inputs, and another for another seed', () => {
    const [first, second, other] = [run('one'), run('one'), run('two')];
    expect(second.hash).toBe(first.hash);
    expect(second.cluster.sim.tasksRun).toBe(first.cluster.sim.tasksRun);
    expect(other.hash).not.toBe(first.hash);
    for (const { cluster } of [first, second, other]) cluster.stop();
  });

  it('of two clusters side by side does not mix', () => {
    const alone = run('side').hash;
    const [a, b] = [
      createCluster({ seed: 'side', nodes: 3, systemPods: true }),
      createCluster({ seed: 'other', nodes: 2, systemPods: true }),
    ];
    for (const { atMs, object } of guestbook) {
      for (const cluster of [a, b]) {
        cluster.advance(atMs - cluster.sim.elapsed);
        const ref = object.kind === 'Service' ? services : deployments;
        cluster.sim.spawn(cluster.client().resource<typeof object>(ref, 'default').create(object));
      }
    }
    for (let i = 0; i < 90; i++) for (const cluster of [a, b]) cluster.advance(1000);
    expect(a.historyHash()).toBe(alone);
    for (const cluster of [a, b]) cluster.stop();
    expect([a.sim.pending, b.sim.pending]).toEqual([0, 0]);
  });
});
