import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodes, pods } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { createAll, exec, isReady, startShellPod, waitForDeployments } from './support.ts';

/** Other people's manifest: read where it is at hand, never copied. Without it these tests are skipped. */
const manifest = new URL(
  '../../../shared/manifests/online-boutique/release/kubernetes-manifests.yaml',
  import.meta.url,
);

describe.skipIf(!existsSync(manifest))('Online Boutique', () => {
  it('comes up, serves its shop page, and heals when a node dies', { timeout: 120_000 }, () => {
    const problems: string[] = [];
    const cluster = createCluster({
      nodes: 3,
      latency: 'realistic',
      onProblem: (problem) => problems.push(`${problem.component}: ${problem.message}`),
    });
    cluster.advance(30_000);
    createAll(cluster, readFileSync(manifest, 'utf8'));
    expect(waitForDeployments(cluster)).toEqual([]);
    startShellPod(cluster);
    const page = exec(cluster, 'shell', ['wget', '-qO-', 'http://frontend']);
    expect({ exit: page.exit, stderr: page.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(page.stdout).toContain('Sunglasses');

    const home = cluster.read(pods, 'default', 'shell')?.spec?.nodeName;
    const victim = cluster.readAll(pods, 'default').find((pod) => pod.spec?.nodeName !== home)?.spec?.nodeName ?? '';
    const lost = cluster
      .readAll(pods, 'default')
      .filter((pod) => pod.spec?.nodeName === victim)
      .map((pod) => pod.metadata.uid);
    expect(lost.length).toBeGreaterThan(0);
    const ready = () =>
      cluster.read(nodes, '', victim)?.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
    cluster.fault(victim, 'power-off');
    const diedAt = cluster.sim.elapsed;
    cluster.sim.runUntil(() => ready() === 'Unknown', { limitMs: 120_000 });
    const notReadyAfter = cluster.sim.elapsed - diedAt;
    expect(notReadyAfter).toBeGreaterThan(30_000);
    expect(notReadyAfter).toBeLessThan(60_000);
    cluster.sim.runUntil(
      () =>
        cluster
          .readAll(pods, 'default')
          .some((pod) => lost.includes(pod.metadata.uid) && pod.metadata.deletionTimestamp !== undefined),
      { limitMs: 600_000 },
    );
    const evictedAfter = cluster.sim.elapsed - diedAt - notReadyAfter;
    expect(evictedAfter).toBeGreaterThan(295_000);
    expect(evictedAfter).toBeLessThan(320_000);
    const healed = () => {
      const alive = cluster.readAll(pods, 'default').filter((pod) => pod.metadata.deletionTimestamp === undefined);
      return alive.length >= 13 && alive.every((pod) => pod.spec?.nodeName !== victim && isReady(pod));
    };
    expect(cluster.sim.runUntil(healed, { limitMs: 600_000 })).toBe(true);
    const again = exec(cluster, 'shell', ['wget', '-qO-', 'http://frontend']);
    expect({ exit: again.exit, stderr: again.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(problems).toEqual([]);
    cluster.stop();
    expect(cluster.sim.pending).toBe(0);
  });
});
