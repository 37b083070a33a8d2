/** A cluster with real kubelets for tests: an API server, controllers, the network, machines; pods are bound by naming a node. */
import type * as corev1 from '../../../src/api/core/v1.ts';
import { events, namespaces, nodes, pods } from '../../../src/api/resources.ts';
import type { Client } from '../../../src/client/client.ts';
import { EventRecorder } from '../../../src/client/event-recorder.ts';
import { InformerFactory } from '../../../src/client/informer.ts';
import type { Process } from '../../../src/process/process.ts';
import { type Cluster, createCluster } from '../../../src/engine/cluster.ts';
import type { ComponentContext } from '../../../src/engine/component.ts';
import { Network } from '../../../src/engine/network/network.ts';
import { Machines, type MachineSpec } from '../../../src/engine/nodes/machines.ts';
import { programNamed } from '../../../src/engine/runtime/images/registry.ts';
import { Latency } from '../../../src/engine/sim/latency.ts';
import { NodeHosts } from '../../../src/engine/kubelet/node-host.ts';
import { MemoryStorage } from '../../../src/engine/kubelet/volumes/volume-manager.ts';

export interface TestCluster {
  readonly cluster: Cluster;
  readonly client: Client;
  readonly hosts: NodeHosts;
  readonly machines: Machines;
  readonly network: Network;
  readonly storage: MemoryStorage;
  readonly problems: string[];
  /** Runs a process to its end in virtual time. */
  run<T>(process: Process<T>, limitMs?: number): T;
  pod(name: string, namespace?: string): corev1.Pod | undefined;
  /** What a container has written. */
  logOf(nodeName: string, containerId: string): string;
  /** Reasons and messages of a pod's events, in order, from the kubelet. */
  eventsOf(name: string): string[];
}

export interface TestClusterOptions {
  readonly latency?: 'instant' | 'realistic';
  readonly machines?: readonly (Partial<MachineSpec> & { readonly name: string })[];
  readonly seed?: string;
  readonly staticPods?: readonly corev1.Pod[];
}

export function createTestCluster(options: TestClusterOptions = {}): TestCluster {
  const problems: string[] = [];
  const cluster = createCluster({
    nodes: [],
    latency: options.latency ?? 'instant',
    seed: options.seed ?? 'kubelet-test',
    scheduler: false,
    systemPods: false,
    onProblem: ({ component, message }) => problems.push(`${component}: ${message}`),
  });
  const { sim } = cluster;
  const latency = new Latency(options.latency ?? 'instant', sim.random.fork('test-latency'));
  const report = (component: string, error: unknown, what: string) =>
    void problems.push(`${component}: ${what}: ${error instanceof Error ? error.stack : String(error)}`);
  const client = cluster.client();
  const context = (name: string): ComponentContext => ({
    name,
    sim,
    client,
    informers: new InformerFactory(client, sim),
    random: sim.random.fork(name),
    recorder: (component, host) => new EventRecorder(client, sim, { component, ...(host ? { host } : {}) }),
    report: (error, what) => report(name, error, what),
  });
  const networkContext = context('network');
  const network = new Network({ context: networkContext, latency, builtInDns: true });
  networkContext.informers.start();
  const machines = new Machines(sim, sim.random.fork('machines'));
  for (const machine of options.machines ?? [{ name: 'node-1' }]) machines.add(machine);
  const storage = new MemoryStorage(() => sim.now());
  const hosts = new NodeHosts({
    sim,
    random: sim.random.fork('nodes'),
    latency,
    machines,
    network,
    storage,
    programNamed,
    transport: (user) => cluster.client(user).transport,
    report,
    ...(options.staticPods ? { staticPods: () => options.staticPods ?? [] } : {}),
  });
  const test: TestCluster = {
    cluster,
    client,
    hosts,
    machines,
    network,
    storage,
    problems,
    run(process, limitMs = 600_000) {
      const task = sim.spawn(process);
      task.onSettled(() => undefined);
      sim.runUntil(() => task.settled, { limitMs });
      const { outcome } = task;
      if (outcome?.kind === 'returned') return outcome.value;
      throw outcome?.kind === 'threw' ? outcome.error : new Error('the process did not end');
    },
    pod: (name, namespace = 'default') => cluster.read(pods, namespace, name),
    logOf: (nodeName, containerId) =>
      hosts.kubelet(nodeName)?.host.runtime.containerLog(containerId)?.tail(1000, 1_000_000) ?? '',
    eventsOf: (name) =>
      cluster
        .readAll(events)
        .filter((event) => event.involvedObject.name === name && event.source?.component === 'kubelet')
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map(
          (event) =>
            `${event.type} ${event.reason}: ${event.message}${(event.count ?? 1) > 1 ? ` (x${event.count})` : ''}`,
        ),
  };
  const isReady = (node: corev1.Node) =>
    node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  sim.runUntil(
    () => {
      const all = cluster.readAll(nodes);
      return all.length === machines.list().length && all.every(isReady) && cluster.readAll(namespaces).length >= 4;
    },
    { limitMs: 60_000 },
  );
  return test;
}

/** A pod bound to a node. */
export function testPod(
  name: string,
  spec: Partial<corev1.PodSpec> & { readonly containers?: readonly corev1.Container[] } = {},
): corev1.Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'example.io/app:1' }], ...spec },
  };
}
