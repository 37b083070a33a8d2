/** Runs a workload of the scheduler's benchmark: API server and scheduler, no controllers and no kubelets, as upstream does. */
import type * as corev1 from '../../src/api/core/v1.ts';
import type * as storagev1 from '../../src/api/storage/v1.ts';
import {
  csiNodes,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  priorityClasses,
  secrets,
  serviceAccounts,
  services,
} from '../../src/api/resources.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import { type Process, sleep } from '../../src/process/process.ts';
import { cpuMs, type Figures, heapMb, instantCluster, runIn } from './figures.ts';
import type { NodeGroup, PodGroup, SchedulerWorkload } from './scheduler-workloads.ts';

const driver = 'ebs.csi.aws.com';

function nodeOf(group: NodeGroup, name: string, i: number): corev1.Node {
  const { zones = [], maxPods = '110', volumes } = group;
  const zone = zones[i % zones.length];
  const labels = Object.assign(
    { 'kubernetes.io/hostname': name },
    zone === undefined ? undefined : { 'topology.kubernetes.io/zone': zone },
  );
  const attachable = volumes === undefined ? {} : { [`attachable-volumes-csi-${driver}`]: String(volumes) };
  return {
    metadata: { name, labels },
    status: {
      capacity: { pods: maxPods, cpu: '4', memory: '32Gi', ...attachable },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function* createNodes(cluster: Cluster, groups: readonly NodeGroup[]): Process<void> {
  const resource = cluster.client().resource(nodes);
  for (const [at, group] of groups.entries()) {
    for (let i = 0; i < group.count; i++) {
      const name = group.name ?? `scheduler-perf-${at}-${i}`;
      yield* resource.create(nodeOf(group, name, i));
      // Admission taints what is new; nobody here would take that away.
      yield* resource.patch(name, 'merge', { spec: { taints: group.taints ?? null } });
      if (group.volumes === undefined) continue;
      const csiNode: storagev1.CSINode = {
        metadata: { name },
        spec: { drivers: [{ name: driver, nodeID: name, allocatable: { count: group.volumes } }] },
      };
      yield* cluster.client().resource(csiNodes).create(csiNode);
    }
  }
}

function* createNamespaces(cluster: Cluster, workload: SchedulerWorkload): Process<void> {
  const client = cluster.client();
  const labels = workload.namespaceLabels ?? {};
  yield* client.resource(priorityClasses).create({ metadata: { name: 'high' }, value: 10 });
  const names = new Set(['default', ...[...workload.init, workload.measured].map((group) => group.namespace)]);
  for (const name of names) {
    if (name !== 'default') yield* client.resource(namespaces).create({ metadata: { name, labels } });
    yield* client.resource(serviceAccounts, name).create({ metadata: { name: 'default', namespace: name } });
    yield* client.resource(secrets, name).create({ metadata: { name: 'secret', namespace: name } });
  }
  if (!workload.service) return;
  const { namespace } = workload.measured;
  const spec: corev1.ServiceSpec = { selector: { app: 'scheduler-perf' }, ports: [{ port: 80 }] };
  yield* client.resource(services, namespace).create({ metadata: { name: 'service', namespace }, spec });
}

function* createVolume(
  cluster: Cluster,
  namespace: string,
  name: string,
  spec: corev1.PersistentVolumeSpec,
): Process<void> {
  const client = cluster.client();
  const source: corev1.PersistentVolumeSpec = spec.awsElasticBlockStore
    ? { ...spec, awsElasticBlockStore: { volumeID: name } }
    : { ...spec, csi: { driver, volumeHandle: name } };
  const claim = yield* client.resource(persistentVolumeClaims, namespace).create({
    metadata: { name, namespace, annotations: { 'pv.kubernetes.io/bind-completed': 'true' } },
    spec: {
      accessModes: ['ReadOnlyMany'],
      resources: { requests: { storage: '1Gi' } },
      volumeName: name,
      storageClassName: '',
    },
  });
  yield* client
    .resource(persistentVolumeClaims, namespace)
    .patch(name, 'merge', { status: { phase: 'Bound' } }, { subresource: 'status' });
  const claimRef: corev1.ObjectReference = Object.assign(
    { kind: 'PersistentVolumeClaim', namespace, name },
    { uid: claim.metadata.uid ?? '' },
  );
  yield* client.resource(persistentVolumes).create({ metadata: { name }, spec: { ...source, claimRef } });
}

function* createPods(cluster: Cluster, group: PodGroup, name: string, pace?: number): Process<void> {
  const resource = cluster.client().resource(pods, group.namespace);
  for (let i = 0; i < group.count; i++) {
    const podName = `${name}-${i}`;
    let { spec } = group;
    if (group.volume) {
      yield* createVolume(cluster, group.namespace, podName, group.volume);
      spec = { ...spec, volumes: [{ name: 'vol', persistentVolumeClaim: { claimName: podName } }] };
    }
    const metadata = Object.assign(
      { name: podName, namespace: group.namespace },
      group.labels && { labels: group.labels },
    );
    yield* resource.create({ metadata, spec });
    if (pace !== undefined && i % 100 === 99) yield* sleep((100 / pace) * 1000);
  }
}

function* churn(cluster: Cluster, { everyMs, spec, recreate }: NonNullable<SchedulerWorkload['churn']>): Process<void> {
  const client = cluster.client();
  for (let i = 0; ; i++) {
    const name = `churn-${i}`;
    yield* client.resource(pods, 'default').create({ metadata: { name, namespace: 'default' }, spec });
    if (recreate) {
      yield* client.resource(nodes).create(nodeOf({ count: 1, maxPods: '0' }, name, i));
      yield* client.resource(services, 'default').create({
        metadata: { name, namespace: 'default' },
        spec: { selector: { app: 'foo' }, ports: [{ port: 8080 }] },
      });
    }
    yield* sleep(everyMs);
    if (!recreate) continue;
    yield* client.resource(pods, 'default').delete(name, { gracePeriodSeconds: 0 });
    yield* client.resource(nodes).delete(name);
    yield* client.resource(services, 'default').delete(name);
    yield* sleep(everyMs);
  }
}

function waitForScheduled(cluster: Cluster, { namespace }: PodGroup, name: string): void {
  const isPending = (pod: corev1.Pod) => !pod.spec?.nodeName && pod.metadata.name?.startsWith(`${name}-`);
  for (let second = 0; cluster.readAll(pods, namespace).some(isPending); second++) {
    if (second > 600) {
      const pending = cluster.readAll(pods, namespace).find(isPending);
      throw new Error(`not scheduled: ${JSON.stringify(pending?.status)}`);
    }
    cluster.advance(1000);
  }
}

/** Pods a second with churn going on beside: so that churn has its share, in virtual time. */
const pacePerSecond = 1000;

/**
 * `pods/s`: of one CPU core, from the request that creates a pod to its binding in the store: as upstream counts, whose client creates
 * in the same process. `pods/s, scheduled`: without what it costs to create as many pods that nobody schedules, which is measured after it.
 */
export function runWorkload(workload: SchedulerWorkload): Figures {
  const cluster = instantCluster({ controllers: false });
  runIn(cluster, createNamespaces(cluster, workload));
  runIn(cluster, createNodes(cluster, workload.nodes));
  for (const [i, group] of workload.init.entries()) {
    runIn(cluster, createPods(cluster, group, `init-${i}`));
    waitForScheduled(cluster, group, `init-${i}`);
  }
  const { measured, churn: churned } = workload;
  const heap = heapMb();
  const start = cpuMs();
  const stirring = churned && cluster.sim.spawn(churn(cluster, churned), 'churn');
  runIn(cluster, createPods(cluster, measured, 'measured', churned && pacePerSecond));
  waitForScheduled(cluster, measured, 'measured');
  const spentMs = cpuMs() - start;
  stirring?.kill('done');
  const kb = ((heapMb() - heap) * 1000) / measured.count;
  const createdAt = cpuMs();
  const unscheduled = { ...measured, spec: { ...measured.spec, schedulerName: 'nobody' } };
  runIn(cluster, createPods(cluster, unscheduled, 'created'));
  const creationMs = cpuMs() - createdAt;
  const perSecond = (ms: number) => measured.count / (ms / 1000);
  const figures = {
    'pods/s': perSecond(spentMs),
    'pods/s, scheduled': perSecond(spentMs - creationMs),
    'pods/s, created': perSecond(creationMs),
    'kB a pod': kb,
  };
  return workload.threshold === undefined
    ? figures
    : { ...figures, 'times upstream’s threshold': figures['pods/s'] / workload.threshold };
}
