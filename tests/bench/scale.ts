/** A large cluster of hollow nodes: all its pods Ready, a rolling update, the loss of nodes. */
import type * as appsv1 from '../../src/api/apps/v1.ts';
import { deployments, nodes, pods } from '../../src/api/resources.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';
import { cpuMs, type Figures, heapMb, instantCluster, peakMb, runIn } from './figures.ts';

export interface Scale {
  readonly nodes: number;
  readonly pods: number;
  /** How many pods the Deployment has that is updated. */
  readonly updated: number;
  readonly lostNodes: number;
}

const replicasEach = 1000;

const deploymentOf = (name: string, replicas: number, image: string): appsv1.Deployment => ({
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'pause', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
    },
  },
});

function advanceUntil(cluster: Cluster, what: string, isDone: () => boolean, stepMs = 1000): void {
  for (let ms = 0; !isDone(); ms += stepMs) {
    if (ms > 3_600_000) throw new Error(`${what}: not within an hour`);
    cluster.advance(stepMs);
  }
}

const isComplete = ({ metadata, spec, status }: appsv1.Deployment): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.availableReplicas === spec?.replicas &&
  status?.updatedReplicas === spec?.replicas;

const areAllComplete = (cluster: Cluster): boolean => cluster.readAll(deployments, 'default').every(isComplete);

/** Whether some pod still stands where nobody runs it. */
function areReplaced(cluster: Cluster, lost: ReadonlySet<string>): boolean {
  const isLeft = cluster
    .readAll(pods, 'default')
    .some((pod) => lost.has(pod.spec?.nodeName ?? '') && pod.metadata.deletionTimestamp === undefined);
  return !isLeft && areAllComplete(cluster);
}

export function runScale(scale: Scale): Figures {
  const cluster = instantCluster({
    nodes: Array.from({ length: scale.nodes }, () => ({ cpu: '32', memory: '64Gi', pods: 250 })),
    hollow: true,
  });
  const isReady = (name: string) =>
    cluster.read(nodes, '', name)?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
  advanceUntil(cluster, 'nodes', () => isReady(`node-${scale.nodes - 1}`) && isReady('node-0'));
  cluster.advance(10_000);
  const withoutRange = cluster.readAll(nodes).filter((node) => !node.spec?.podCIDR).length;
  if (withoutRange > 0) throw new Error(`${withoutRange} nodes have no addresses for pods`);
  const figures: Record<string, number> = {};
  const before = heapMb();
  report('nodes Ready', cpuMs() / 1000);
  const measure = (unit: string, act: () => void) => {
    const start = cpuMs();
    act();
    report(unit, (figures[unit] = (cpuMs() - start) / 1000));
  };
  measure('CPU s: all Ready', () => {
    runIn(cluster, createAll(cluster, scale));
    advanceUntil(cluster, 'pods', () => areAllComplete(cluster));
  });
  figures['bytes a pod'] = ((heapMb() - before) * 1e6) / scale.pods;
  measure('CPU s: rolling update', () => {
    const image = {
      spec: { template: { spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }] } } },
    };
    cluster.sim.spawn(cluster.client().resource(deployments, 'default').patch('updated', 'strategic', image));
    cluster.advance(1000);
    advanceUntil(cluster, 'update', () => areAllComplete(cluster));
  });
  measure('CPU s: nodes lost, pods replaced', () => {
    const lost = new Set(Array.from({ length: scale.lostNodes }, (_, i) => `node-${i}`));
    for (const name of lost) cluster.fault(name, 'power-off');
    // Minutes pass, and looking at all pods is no part of it.
    advanceUntil(cluster, 'lost nodes', () => areReplaced(cluster, lost), 20_000);
  });
  return { ...figures, 'peak MB': peakMb() };
}

/** Says how far it is, on the error output: a long measurement that is stopped has told something. */
function report(what: string, spentSeconds: number): void {
  const heap = heapMb();
  const rss = process.memoryUsage().rss / 1e6;
  console.error(`${what}: ${spentSeconds.toFixed(1)} CPU s, heap ${heap.toFixed(0)} MB, rss ${rss.toFixed(0)} MB`);
}

function* createAll(cluster: Cluster, scale: Scale): Process<void> {
  const resource = cluster.client().resource(deployments, 'default');
  const image = 'registry.k8s.io/pause:3.9';
  yield* resource.create(deploymentOf('updated', scale.updated, image));
  for (let left = scale.pods - scale.updated, i = 0; left > 0; left -= replicasEach, i++) {
    yield* resource.create(deploymentOf(`app-${i}`, Math.min(left, replicasEach), image));
  }
}
