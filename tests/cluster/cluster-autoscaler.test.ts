import { afterEach, describe, expect, it } from 'vitest';
import type * as appsv1 from '../../src/api/apps/v1.ts';
import { configMaps, deployments, events, nodes, pods } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { complete } from './support.ts';

let cluster: Cluster;
afterEach(() => cluster.stop());

const web = (replicas: number, cpu = '1500m'): appsv1.Deployment => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'a', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu } } }] },
    },
  },
});
const minutes = 60_000;
const namesOf = () => cluster.readAll(nodes).map(({ metadata }) => metadata.name ?? '');
const running = () => cluster.readAll(pods, 'default').filter(({ status }) => status?.phase === 'Running').length;
const messages = (reason: string) => [
  ...new Set(
    cluster
      .readAll(events)
      .filter((event) => event.reason === reason)
      .map(({ message }) => message),
  ),
];

function start(replicas: number, cpu?: string): void {
  cluster = createCluster({
    hollow: true,
    latency: 'instant',
    nodes: [{ name: 'base', cpu: '2', memory: '4Gi' }],
    nodePools: [
      { name: 'large', min: 0, max: 2, cpu: '16', memory: '64Gi' },
      { name: 'small', min: 0, max: 3, cpu: '4', memory: '8Gi' },
    ],
  });
  cluster.advance(5_000);
  complete(cluster, cluster.client().resource(deployments, 'default').create(web(replicas, cpu)));
}

describe('the cluster autoscaler', () => {
  it('grows the pool that wastes least, and gives back what is unneeded after ten minutes', () => {
    start(4);
    expect(cluster.runUntil(() => running() === 4, minutes)).toBe(true);
    cluster.advance(15_000);
    expect(namesOf().filter((name) => name.startsWith('small-'))).toHaveLength(2);
    expect(messages('TriggeredScaleUp')).toEqual(['pod triggered scale-up: [{small 0->2 (max: 3)}]']);
    expect(messages('ScaledUpGroup')).toContain('Scale-up: group small size set to 2 instead of 0 (max: 3)');
    const patch = cluster
      .client()
      .resource(deployments, 'default')
      .patch('web', 'merge', { spec: { replicas: 1 } });
    complete(cluster, patch);
    cluster.advance(9 * minutes);
    expect(namesOf()).toHaveLength(3);
    cluster.advance(4 * minutes);
    expect(namesOf().length).toBeLessThan(3);
    expect(messages('ScaleDownEmpty')[0]).toMatch(/^Scale-down: removing empty node "small-/);
    expect(running()).toBe(1);
  });

  it('says why it cannot help', () => {
    start(1, '20');
    cluster.advance(30_000);
    expect(messages('NotTriggerScaleUp')).toEqual(["pod didn't trigger scale-up: 2 Insufficient cpu"]);
    const status = cluster.read(configMaps, 'kube-system', 'cluster-autoscaler-status')?.data?.['status'];
    expect(status).toContain('autoscalerStatus: Running');
    expect(status).toContain('maxSize: 3');
  });

  it('stops at the size of its pools', () => {
    start(40);
    cluster.advance(2 * minutes);
    expect(namesOf()).toHaveLength(6);
    expect(messages('NotTriggerScaleUp')).toEqual(["pod didn't trigger scale-up: 2 max node group size reached"]);
  });
});
