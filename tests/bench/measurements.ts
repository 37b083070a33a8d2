/** What `npm run bench` measures: each in a process of its own. Prints one line of JSON: unit → figure. */
import type * as appsv1 from '../../src/api/apps/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';
import { configMaps, deployments, pods, serviceAccounts } from '../../src/api/resources.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';
import { fanOut, fanOutOverHttp, listOverHttp } from './api-cost.ts';
import { cpuMs, type Figures, heapMb, type Measurement } from './figures.ts';
import { runScale } from './scale.ts';
import { runWorkload } from './scheduler-perf.ts';
import { basicOn, schedulerWorkloads } from './scheduler-workloads.ts';

const template: corev1.PodTemplateSpec = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'pause',
        image: 'registry.k8s.io/pause:3.10',
        ports: [{ containerPort: 80 }],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
      },
    ],
  },
};
const deployment = (replicas: number): appsv1.Deployment => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template },
});

function clusterOf(nodes: number, hollow: boolean): Cluster {
  const shape = { cpu: '32', memory: '64Gi', pods: 250 };
  return createCluster({
    nodes: Array.from({ length: nodes }, () => shape),
    hollow,
    latency: 'instant',
    systemPods: false,
  });
}

function podsReady(count: number, hollow: boolean): Figures {
  const before = heapMb();
  const cluster = clusterOf(Math.max(3, Math.ceil(count / 100)), hollow);
  cluster.advance(2000);
  const start = cpuMs();
  cluster.sim.spawn(cluster.client().resource(deployments, 'default').create(deployment(count)));
  const isAvailable = () => cluster.read(deployments, 'default', 'web')?.status?.availableReplicas === count;
  // A look at the state after each task would cost as much as some of them.
  for (let seconds = 0; seconds < 3600 && !isAvailable(); seconds += 0.1) cluster.advance(100);
  if (!isAvailable())
    throw new Error(`not Available: ${JSON.stringify(cluster.read(deployments, 'default', 'web')?.status)}`);
  const spent = cpuMs() - start;
  const memory = heapMb() - before;
  const kept = cluster.readAll(pods, 'default').length;
  if (kept !== count) throw new Error(`${kept} pods`);
  return { 'CPU s': spent / 1000, 'heap MB': memory };
}

function boot(): Figures {
  const start = cpuMs();
  const cluster = createCluster({
    nodes: 0,
    controllers: false,
    scheduler: false,
    latency: 'instant',
    systemPods: false,
  });
  let ready = false;
  cluster.sim.spawn(
    (function* (): Process<void> {
      ready = (yield* cluster.client().raw({ path: '/readyz' })).status === 200;
    })(),
  );
  cluster.sim.runUntil(() => ready);
  return { 'CPU ms': cpuMs() - start };
}

function writes(make: (i: number) => corev1.ConfigMap | corev1.Pod): Figures {
  const cluster = createCluster({
    nodes: 0,
    controllers: false,
    scheduler: false,
    latency: 'instant',
    systemPods: false,
  });
  cluster.sim.spawn(
    cluster
      .client()
      .resource(serviceAccounts, 'default')
      .create({ metadata: { name: 'default', namespace: 'default' } }),
  );
  cluster.advance(1000);
  const run = (from: number, count: number) => {
    cluster.sim.spawn(
      (function* (): Process<void> {
        for (let i = from; i < from + count; i++) {
          const object = make(i);
          if ('spec' in object) yield* cluster.client().resource(pods, 'default').create(object);
          else
            yield* cluster
              .client()
              .resource(configMaps, 'default')
              .create(object as corev1.ConfigMap);
        }
      })(),
    );
    cluster.sim.settle();
  };
  run(0, 10_000);
  const start = cpuMs();
  run(10_000, 5000);
  return { 'µs a write': ((cpuMs() - start) * 1000) / 5000 };
}

const scheduling: Record<string, Measurement> = {};
for (const [name, workload] of Object.entries(schedulerWorkloads)) {
  scheduling[`scheduler-${name}`] = { about: name, isLong: true, run: () => runWorkload(workload) };
}
for (const count of [500, 1000, 5000, 10_000]) {
  const about = `SchedulingBasic on ${count} nodes`;
  scheduling[`scheduler-nodes-${count}`] = { about, isLong: true, run: () => runWorkload(basicOn(count)) };
}

const measurements: Readonly<Record<string, Measurement>> = {
  boot: { about: 'boot to API ready', run: boot },
  'pods-100': { about: '100 pods Ready', run: () => podsReady(100, false) },
  'pods-1000': { about: '1,000 pods Ready', run: () => podsReady(1000, false) },
  'pods-3000': { about: '3,000 pods Ready', run: () => podsReady(3000, false) },
  'hollow-1000': { about: '1,000 pods Ready on hollow nodes', run: () => podsReady(1000, true) },
  'hollow-3000': { about: '3,000 pods Ready on hollow nodes', run: () => podsReady(3000, true) },
  'create-configmap': {
    about: 'ConfigMap create',
    run: () => writes((i) => ({ metadata: { name: `c${i}`, namespace: 'default' }, data: { key: `value ${i}` } })),
  },
  'create-pod': {
    about: 'Pod create',
    run: () =>
      writes((i) => ({ metadata: { name: `p${i}`, namespace: 'default' }, spec: template.spec as corev1.PodSpec })),
  },
  'list-http': { about: '50,000 ConfigMaps listed over HTTP', run: () => listOverHttp(50_000) },
  'fan-out': { about: 'one event to 1,000 watchers', run: () => fanOut(1000) },
  'fan-out-http': { about: 'one event to 1,000 watchers over HTTP', run: () => fanOutOverHttp(1000) },
  'scale-15000': {
    about: '15,000 pods on 500 hollow nodes',
    isLong: true,
    run: () => runScale({ nodes: 500, pods: 15_000, updated: 1000, lostNodes: 10 }),
  },
  'scale-150000': {
    about: '150,000 pods on 5,000 hollow nodes',
    isLong: true,
    heapLimitMb: 1800,
    run: () => runScale({ nodes: 5000, pods: 150_000, updated: 10_000, lostNodes: 100 }),
  },
  ...scheduling,
};

const [name = '--list'] = process.argv.slice(2);
if (name === '--list')
  console.log(
    JSON.stringify(
      Object.entries(measurements).map(([key, { about, isLong = false, heapLimitMb }]) => ({
        name: key,
        about,
        isLong,
        heapLimitMb,
      })),
    ),
  );
else {
  const measurement = measurements[name];
  if (!measurement) throw new Error(`no measurement ${name}`);
  console.log(JSON.stringify(await measurement.run()));
}
