import type { KubernetesObject, ListObject } from '../../../src/apimachinery/object-meta.ts';
import type { ResourceRef } from '../../../src/apimachinery/resource-ref.ts';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { events, nodes, pods } from '../../../src/api/resources.ts';
import { isConflict, isNotFound } from '../../../src/apimachinery/status-error.ts';
import { Client } from '../../../src/client/client.ts';
import { EventRecorder } from '../../../src/client/event-recorder.ts';
import { InformerFactory } from '../../../src/client/informer.ts';
import { loopbackTransport } from '../../../src/client/transport/loopback.ts';
import { createApiServer, type ApiServer } from '../../../src/engine/apiserver/api-server.ts';
import { cloudControllerDescriptors, controllerDescriptors } from '../../../src/engine/controllers/descriptors.ts';
import type { ControllerDescriptor, ControllerSettings } from '../../../src/engine/controllers/define-controller.ts';
import { startHollowKubelets } from '../../../src/engine/kubelet/hollow.ts';
import { Sim } from '../../../src/engine/sim/sim.ts';
import type { Process } from '../../../src/process/process.ts';

const groups = ['system:masters', 'system:authenticated'];

/** An API server with all controllers; on request with hollow nodes and a binder that takes the first node. */
export class ControlPlane {
  readonly problems: string[] = [];
  readonly sim: Sim;
  readonly server: ApiServer;
  readonly client: Client;
  readonly #stops: (() => void)[] = [];

  constructor(
    options: {
      readonly nodes?: number;
      readonly settings?: ControllerSettings;
      readonly cloud?: boolean;
      /** These controllers instead of all. */
      readonly only?: readonly ControllerDescriptor[];
    } = {},
  ) {
    this.sim = new Sim({ onError: (error) => void this.problems.push(String((error as Error).stack ?? error)) });
    this.server = createApiServer({ sim: this.sim });
    this.server.start();
    this.client = new Client(loopbackTransport(this.server, this.sim, { peer: { username: 'admin', groups } }));
    const inner = (username: string) =>
      new Client(loopbackTransport(this.server.components, this.sim, { peer: { username, groups } }));
    const report = (error: unknown, what: string) =>
      void this.problems.push(`${what}: ${String((error as Error).stack ?? error)}`);
    const informers = new InformerFactory(inner('system:kube-controller-manager'), this.sim);
    const random = this.sim.random.fork('controllers');
    const all = options.cloud ? [...controllerDescriptors, ...cloudControllerDescriptors] : controllerDescriptors;
    const descriptors = options.only ?? all;
    for (const { name, serviceAccount, start } of descriptors) {
      const client = inner(
        serviceAccount === ''
          ? 'system:kube-controller-manager'
          : `system:serviceaccount:kube-system:${serviceAccount}`,
      );
      const recorder = (component: string) => {
        const made = new EventRecorder(client, this.sim, { component });
        this.#stops.push(() => made.stop());
        return made;
      };
      const context = { name, sim: this.sim, client, informers, random: random.fork(name), recorder, report };
      this.#stops.push(start({ ...context, ...(options.settings ? { settings: options.settings } : {}) }));
    }
    this.#stops.push(() => informers.stop());
    informers.start();
    if (options.nodes) this.#addNodes(options.nodes, inner('hollow'), report);
    this.advance(100);
  }

  #addNodes(count: number, client: Client, report: (error: unknown, what: string) => void): void {
    const informers = new InformerFactory(client, this.sim);
    startHollowKubelets({
      name: 'hollow',
      sim: this.sim,
      client,
      informers,
      random: this.sim.random.fork('hollow'),
      recorder: (component) => new EventRecorder(client, this.sim, { component }),
      report,
    });
    const bind = (pod: corev1.Pod) => {
      if (pod.spec?.nodeName || pod.metadata.deletionTimestamp) return;
      const [node] = informers.informer(nodes).store.list();
      const name =
        pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
          ?.matchFields?.[0]?.values?.[0];
      const target = { kind: 'Node', name: name ?? node?.metadata.name ?? '' };
      this.sim
        .spawn(
          client.resource(pods, pod.metadata.namespace).createSubresource(pod.metadata.name ?? '', 'binding', {
            apiVersion: 'v1',
            kind: 'Binding',
            metadata: { name: pod.metadata.name },
            target,
          }),
        )
        .onSettled((outcome) => {
          if (outcome.kind !== 'threw' || isNotFound(outcome.error) || isConflict(outcome.error)) return;
          report(outcome.error, 'binding');
        });
    };
    informers.informer(nodes);
    informers.informer(pods).addEventHandler({ add: bind });
    for (let i = 1; i <= count; i++) this.run(this.client.resource(nodes).create(node(`node-${i}`)));
    informers.start();
  }

  /** Runs a process to its end, letting time pass as needed. @throws what it threw */
  run<T>(process: Process<T>): T {
    const task = this.sim.spawn(process);
    task.onSettled(() => {});
    this.sim.runUntil(() => task.settled, { limitMs: 60_000 });
    const outcome = task.outcome;
    if (outcome?.kind === 'returned') return outcome.value;
    throw outcome?.kind === 'threw' ? outcome.error : new Error('the request did not end');
  }
  advance(ms: number): void {
    this.sim.advance(ms);
  }
  create<T extends KubernetesObject>(ref: ResourceRef<T>, object: T): T {
    return this.run(this.client.resource(ref, object.metadata.namespace ?? 'default').create(object));
  }
  get<T extends KubernetesObject>(ref: ResourceRef<T>, name: string, namespace = 'default'): T {
    return this.run(this.client.resource(ref, ref.namespaced ? namespace : undefined).get(name));
  }
  find<T extends KubernetesObject>(ref: ResourceRef<T>, name: string, namespace = 'default'): T | undefined {
    try {
      return this.get(ref, name, namespace);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
  list<T extends KubernetesObject>(ref: ResourceRef<T>, namespace = 'default'): readonly T[] {
    const list: ListObject<T> = this.run(this.client.resource(ref, ref.namespaced ? namespace : undefined).list());
    return list.items;
  }
  patch<T extends KubernetesObject>(ref: ResourceRef<T>, name: string, patch: object, subresource?: string): T {
    const resource = this.client.resource(ref, ref.namespaced ? 'default' : undefined);
    return this.run(resource.patch(name, 'merge', patch, subresource ? { subresource } : {}));
  }
  delete<T extends KubernetesObject>(
    ref: ResourceRef<T>,
    name: string,
    propagationPolicy?: 'Foreground' | 'Background' | 'Orphan',
  ): void {
    const resource = this.client.resource(ref, ref.namespaced ? 'default' : undefined);
    this.run(resource.delete(name, propagationPolicy ? { propagationPolicy } : {}));
  }
  /** `Type Reason Message` of the events about one kind, generated suffixes masked, sorted. */
  events(kind: string): readonly string[] {
    return this.list(events)
      .filter((event) => event.involvedObject.kind === kind)
      .map((event) => `${event.type} ${event.reason} ${event.message}`)
      .sort();
  }
  stop(): void {
    for (const stop of this.#stops) stop();
    this.sim.stop();
  }
}

/** A node that is ready. */
export function node(name: string, labels: Readonly<Record<string, string>> = {}): corev1.Node {
  const resources = { cpu: '4', memory: '8Gi', pods: '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
    status: {
      allocatable: resources,
      capacity: resources,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
    },
  };
}

/** A pod template of one container. */
export function template(labels: Readonly<Record<string, string>>, image = 'app:1'): corev1.PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
}
