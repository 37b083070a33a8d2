import { describe, expect, it } from 'vitest';
import type * as appsv1 from '../../src/api/apps/v1.ts';
import { deployments, nodes, pods } from '../../src/api/resources.ts';
import { createCluster } from '../../src/engine/cluster.ts';

const web: appsv1.Deployment = {
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
    },
  },
};

describe.each([
  { kind: 'hollow', hollow: true },
  { kind: 'real', hollow: false },
])('a Deployment on $kind nodes', ({ hollow }) => {
  it('becomes Available, and its pods go when it is deleted', () => {
    const problems: string[] = [];
    const cluster = createCluster({
      nodes: 3,
      hollow,
      latency: 'realistic',
      systemPods: false,
      onProblem: (problem) => problems.push(problem.message),
    });
    const admin = cluster.client();
    // Pods that come before the nodes are ready go to whichever is ready first.
    const nodesReady = () => {
      const all = cluster.readAll(nodes).filter(({ spec }) => !spec?.taints?.length);
      return all.length === 3;
    };
    expect(cluster.runUntil(nodesReady, 120_000)).toBe(true);
    cluster.sim.spawn(admin.resource(deployments, 'default').create(web));
    const available = () => cluster.read(deployments, 'default', 'web')?.status?.availableReplicas === 3;
    expect(cluster.sim.runUntil(available, { limitMs: 120_000 })).toBe(true);
    const placed = cluster.readAll(pods, 'default');
    expect(placed.map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running']);
    expect(new Set(placed.map((pod) => pod.spec?.nodeName)).size).toBe(3);
    cluster.sim.spawn(admin.resource(deployments, 'default').delete('web', { propagationPolicy: 'Background' }));
    expect(cluster.sim.runUntil(() => cluster.readAll(pods, 'default').length === 0, { limitMs: 120_000 })).toBe(true);
    expect(problems).toEqual([]);
    cluster.stop();
    expect(cluster.sim.pending).toBe(0);
  });
});
