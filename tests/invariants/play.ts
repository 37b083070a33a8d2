import type * as appsv1 from '../../src/api/apps/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';
import {
  controllerRevisions,
  daemonSets,
  deployments,
  endpointSlices,
  jobs,
  nodes,
  podDisruptionBudgets,
  pods,
  priorityClasses,
  replicaSets,
  statefulSets,
} from '../../src/api/resources.ts';
import type { KubernetesObject } from '../../src/apimachinery/object-meta.ts';
import type { ResourceRef } from '../../src/apimachinery/resource-ref.ts';
import { StatusError } from '../../src/apimachinery/status-error.ts';
import { type Cluster, createCluster } from '../../src/engine/cluster.ts';
import { complete } from '../cluster/support.ts';
import { Monitor } from './monitor.ts';
import * as objects from './objects.ts';
import { namespace, strategies, type Strategy } from './objects.ts';
import type { Operation, OperationName, Scenario } from './operations.ts';

const settleMs = 900_000;
const nodeCount = 4;
const statefulNames = ['stateful', 'parallel'] as const;
const daemonNames = ['daemon', 'surging'] as const;

/** A Deployment as the one who plays wants it. */
interface Desired {
  readonly name: string;
  readonly replicas: number;
  readonly strategy: Strategy;
}

/** Upstream: deployment/util ResolveFenceposts (v1.36). */
function fenceposts(replicas: number, { maxSurge, maxUnavailable }: Strategy) {
  const share = (value: number | string, round: (value: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100);
  const surge = share(maxSurge, Math.ceil);
  const unavailable = share(maxUnavailable, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** Plays a scenario in a cluster of its own; gives what did not hold. Empty when all is well. */
export function play(scenario: Scenario): readonly string[] {
  return new Player(scenario).play();
}

class Player {
  readonly #scenario: Scenario;
  readonly #cluster: Cluster;
  readonly #monitor: Monitor;
  readonly #problems: string[] = [];
  readonly #deployments: Desired[];
  readonly #stateful = { stateful: 3, parallel: 3 };
  #wild = 2;
  #count = 0;
  readonly #does: Readonly<Record<OperationName, (operation: Operation) => void>> = {
    scaleDeployment: ({ target, value }) => this.#change(target, { replicas: value }),
    rollDeployment: ({ target }) => this.#roll(target, `app:v${++this.#count}`),
    rollBackDeployment: ({ target }) => this.#roll(target, 'app:1'),
    pauseDeployment: ({ target }) =>
      this.#patch(deployments, this.#deployment(target).name, { spec: { paused: true } }),
    resumeDeployment: ({ target }) =>
      this.#patch(deployments, this.#deployment(target).name, { spec: { paused: false } }),
    setStrategy: ({ target, value }) => {
      const strategy = strategies[value % strategies.length];
      if (strategy) this.#change(target, { strategy });
    },
    replaceDeployment: ({ target, value }) => this.#replace(target, value),
    scaleStatefulSet: ({ target, value }) => {
      const name = statefulNames[target % statefulNames.length] ?? 'stateful';
      this.#stateful[name] = value % 5;
      this.#monitor.rolling.delete(name);
      this.#patch(statefulSets, name, { spec: { replicas: this.#stateful[name] } });
    },
    rollStatefulSet: ({ target }) => {
      const name = statefulNames[target % statefulNames.length] ?? 'stateful';
      // While pods may come side by side, upstream replaces the last pod of a revision in between though one before it is
      // still away (v1.36, stateful_set_control.go, updateStatefulSet): nothing is promised for a change amid another.
      if (name === 'parallel' && !this.#isStatefulSettled(name)) this.#monitor.rolling.delete(name);
      else if (this.#monitor.ready(name) === this.#stateful[name]) {
        this.#monitor.rolling.set(name, this.#stateful[name]);
      }
      this.#setImage(statefulSets, name, `app:v${++this.#count}`);
    },
    rollDaemonSet: ({ target }) => {
      const name = daemonNames[target % daemonNames.length] ?? 'daemon';
      // A pod that comes while another is being replaced may be taken for the older one: they tell time in seconds.
      if (name === 'surging') this.#monitor.surging = this.#isDaemonSettled(name) ? nodeCount : 0;
      this.#setImage(daemonSets, name, `app:v${++this.#count}`);
    },
    createJob: ({ value }) => {
      const made = objects.job(`job-${++this.#count}`, value);
      this.#monitor.parallelism.set(made.metadata.name ?? '', made.spec?.parallelism ?? 1);
      this.#create(jobs, made);
    },
    deleteJob: ({ target, value }) => {
      const all = this.#cluster.readAll(jobs, namespace);
      const name = all[target % Math.max(1, all.length)]?.metadata.name;
      if (name !== undefined) this.#delete(jobs, name, value % 2 === 0 ? 'Background' : 'Foreground');
    },
    evictGuarded: ({ target }) => this.#evict(target),
    scaleWild: ({ value }) => {
      this.#wild = value;
      this.#patch(deployments, 'wild', { spec: { replicas: value } });
    },
    deleteWildPod: ({ target }) => {
      const all = this.#podsOf('wild');
      const name = all[target % Math.max(1, all.length)]?.metadata.name;
      if (name !== undefined) this.#delete(pods, name);
    },
    createUrgentPod: () => this.#create(pods, objects.urgentPod(`urgent-${++this.#count}`)),
    deleteUrgentPods: () => {
      for (const pod of this.#podsOf('urgent')) this.#delete(pods, pod.metadata.name ?? '');
    },
    cordon: ({ target }) => this.#cordon(target, true),
    uncordon: ({ target }) => this.#cordon(target, false),
  };

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#cluster = createCluster({
      seed: scenario.seed,
      hollow: true,
      nodes: Array.from({ length: nodeCount }, (_, i) => ({ name: `node-${i}`, cpu: '4', pods: 30 })),
      latency: scenario.latency,
      onProblem: ({ component, message }) => void this.#problems.push(`${component}: ${message}`),
    });
    this.#monitor = new Monitor(this.#cluster);
    this.#deployments = [0, 1].map((i) => ({
      name: `calm-${i}`,
      replicas: 3,
      strategy: strategies[i] ?? strategies[0],
    }));
  }

  play(): readonly string[] {
    try {
      this.#prepare();
      for (const operation of this.#scenario.operations) {
        this.#does[operation.op](operation);
        this.#cluster.advance(operation.waitMs);
        for (const [i] of this.#deployments.entries()) this.#settle(i);
        if (this.#monitor.violations.length > 0) return this.#monitor.violations;
      }
      this.#converge();
      this.#removeAll();
    } finally {
      this.#monitor.stop();
      this.#cluster.stop();
    }
    const left = this.#cluster.sim.pending;
    const timers = left > 0 ? [`${left} timers are left after the end`] : [];
    return [...this.#monitor.violations, ...this.#problems, ...timers];
  }

  #prepare(): void {
    this.#cluster.advance(5000);
    for (const [name, value] of [
      ['calm', 1000],
      ['urgent', 500],
      ['wild', 0],
    ] as const) {
      this.#create(priorityClasses, objects.priorityClass(name, value));
    }
    this.#monitor.statefulApp = 'stateful';
    this.#monitor.daemonApp = 'daemon';
    for (const { name, replicas, strategy } of this.#deployments) {
      this.#create(deployments, objects.deployment(name, replicas, strategy));
      this.#monitor.bounds.set(name, { most: replicas, least: 0 });
    }
    this.#create(statefulSets, objects.statefulSet('stateful', this.#stateful.stateful, 'OrderedReady'));
    this.#create(statefulSets, objects.statefulSet('parallel', this.#stateful.parallel, 'Parallel'));
    this.#create(daemonSets, objects.daemonSet('daemon', { maxUnavailable: 1 }));
    this.#create(daemonSets, objects.daemonSet('surging', { maxUnavailable: 0, maxSurge: 1 }));
    this.#create(replicaSets, objects.guarded('guarded'));
    this.#create(podDisruptionBudgets, objects.budget('guarded'));
    this.#create(deployments, objects.deployment('wild', this.#wild, strategies[2], 'wild'));
    this.#until('the start', () => this.#isConverged());
    this.#monitor.guardedApp = 'guarded';
    for (const [i] of this.#deployments.entries()) this.#settle(i);
  }

  // What is done.

  #run<T>(process: Parameters<typeof complete<T>>[1]): T | undefined {
    try {
      return complete(this.#cluster, process);
    } catch (error) {
      const known = error instanceof StatusError && ['NotFound', 'TooManyRequests', 'Conflict'].includes(error.reason);
      if (!known) throw error;
      return undefined;
    }
  }
  #resource<T extends KubernetesObject>(ref: ResourceRef<T>) {
    return this.#cluster.client().resource(ref, ref.namespaced ? namespace : undefined);
  }
  #create<T extends KubernetesObject>(ref: ResourceRef<T>, object: T): void {
    this.#run(this.#resource(ref).create(object));
  }
  #patch<T extends KubernetesObject>(ref: ResourceRef<T>, name: string, patch: object): void {
    this.#run(this.#resource(ref).patch(name, 'merge', patch));
  }
  #delete<T extends KubernetesObject>(
    ref: ResourceRef<T>,
    name: string,
    propagationPolicy: 'Background' | 'Foreground' = 'Background',
  ): void {
    this.#run(this.#resource(ref).delete(name, { propagationPolicy }));
  }
  #setImage<T extends appsv1.Deployment | appsv1.StatefulSet | appsv1.DaemonSet>(
    ref: ResourceRef<T>,
    name: string,
    image: string,
  ): void {
    const patch = { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } };
    this.#run(this.#resource(ref).patch(name, 'strategic', patch));
  }
  #evict(target: number): void {
    const all = this.#podsOf('guarded');
    const pod = all[target % Math.max(1, all.length)];
    const name = pod?.metadata.name;
    if (name === undefined) return;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
    this.#run(this.#resource(pods).createSubresource(name, 'eviction', eviction));
  }
  #cordon(target: number, unschedulable: boolean): void {
    this.#patch(nodes, `node-${target}`, { spec: { unschedulable: unschedulable || null } });
  }
  #podsOf(app: string): corev1.Pod[] {
    return this.#cluster.readAll(pods, namespace).filter((pod) => pod.metadata.labels?.['app'] === app);
  }

  // Deployments, and what they promise.

  #deployment(target: number): Desired {
    return this.#deployments[target % this.#deployments.length] as Desired;
  }
  /** Widens the bounds before the write: both the old and the new wish may be under way. */
  #change(target: number, wish: Partial<Desired>): void {
    const next = { ...this.#deployment(target), ...wish };
    const bounds = this.#monitor.bounds.get(next.name);
    const { surge } = fenceposts(next.replicas, next.strategy);
    if (bounds) Object.assign(bounds, { most: Math.max(bounds.most, next.replicas + surge), least: 0 });
    this.#deployments[target % this.#deployments.length] = next;
    const spec = { replicas: next.replicas, strategy: { type: 'RollingUpdate', rollingUpdate: next.strategy } };
    this.#patch(deployments, next.name, { spec });
  }
  #roll(target: number, image: string): void {
    const { name, replicas, strategy } = this.#deployment(target);
    const bounds = this.#monitor.bounds.get(name);
    const { surge } = fenceposts(replicas, strategy);
    if (bounds) bounds.most = Math.max(bounds.most, replicas + surge);
    this.#setImage(deployments, name, image);
  }
  #replace(target: number, value: number): void {
    const old = this.#deployment(target);
    this.#monitor.bounds.delete(old.name);
    this.#delete(deployments, old.name, value % 2 === 0 ? 'Background' : 'Foreground');
    const next = { ...old, name: `calm-${++this.#count + 10}`, replicas: value };
    this.#deployments[target % this.#deployments.length] = next;
    const { surge } = fenceposts(value, next.strategy);
    this.#monitor.bounds.set(next.name, { most: value + surge, least: 0 });
    this.#create(deployments, objects.deployment(next.name, value, next.strategy));
  }
  /** A Deployment that stands as it should promises its bounds for the next change of its template. */
  #settle(target: number): void {
    const { name, replicas, strategy } = this.#deployment(target);
    if (!this.#isSettled(name, replicas) || this.#monitor.ready(name) !== replicas) return;
    const { unavailable, surge } = fenceposts(replicas, strategy);
    this.#monitor.bounds.set(name, { most: replicas + surge, least: replicas - unavailable });
  }
  #isSettled(name: string, replicas: number): boolean {
    const { metadata, status } = this.#cluster.read(deployments, namespace, name) ?? {};
    return (
      status?.observedGeneration === metadata?.generation &&
      (status?.replicas ?? 0) === replicas &&
      (status?.updatedReplicas ?? 0) === replicas &&
      (status?.availableReplicas ?? 0) === replicas
    );
  }

  // The end.

  #until(what: string, condition: () => boolean): void {
    if (!this.#cluster.runUntil(condition, settleMs)) this.#problems.push(`${what} does not come`);
  }
  #isConverged(): boolean {
    return (
      this.#deployments.every(({ name, replicas }) => this.#isSettled(name, replicas)) &&
      statefulNames.every((name) => this.#isStatefulSettled(name)) &&
      daemonNames.every((name) => this.#isDaemonSettled(name)) &&
      this.#monitor.ready('guarded') === objects.guardedReplicas &&
      this.#cluster.readAll(jobs, namespace).every((job) => job.status?.succeeded === job.spec?.completions)
    );
  }
  #isStatefulSettled(name: 'stateful' | 'parallel'): boolean {
    const { metadata, status } = this.#cluster.read(statefulSets, namespace, name) ?? {};
    return (
      status?.observedGeneration === metadata?.generation &&
      (status?.readyReplicas ?? 0) === this.#stateful[name] &&
      status?.currentRevision === status?.updateRevision
    );
  }
  #isDaemonSettled(name: string): boolean {
    const { metadata, status } = this.#cluster.read(daemonSets, namespace, name) ?? {};
    return (
      status?.observedGeneration === metadata?.generation &&
      status?.numberReady === nodeCount &&
      status.updatedNumberScheduled === nodeCount &&
      this.#podsOf(name).length === nodeCount
    );
  }
  /** Everything comes to what is wanted once nobody is in the way. */
  #converge(): void {
    this.#patch(deployments, 'wild', { spec: { replicas: 0 } });
    for (const pod of this.#podsOf('urgent')) this.#delete(pods, pod.metadata.name ?? '');
    for (let i = 0; i < nodeCount; i++) this.#cordon(i, false);
    for (const { name } of this.#deployments) this.#patch(deployments, name, { spec: { paused: false } });
    this.#until('what is wanted', () => this.#isConverged());
  }
  /** Everything is collected, and nothing has anything left to do. */
  #removeAll(): void {
    this.#monitor.guardedApp = undefined;
    this.#monitor.bounds.clear();
    this.#monitor.rolling.clear();
    this.#monitor.surging = 0;
    const owned = [pods, replicaSets, controllerRevisions, jobs, endpointSlices] as readonly ResourceRef[];
    const system = this.#left(owned).length;
    const roots = [deployments, statefulSets, daemonSets, replicaSets, jobs] as readonly ResourceRef[];
    for (const [i, ref] of roots.entries()) {
      for (const { metadata } of this.#cluster.readAll(ref, namespace)) {
        if ((metadata.ownerReferences ?? []).length > 0) continue;
        this.#delete(ref, metadata.name ?? '', i % 2 === 0 ? 'Background' : 'Foreground');
      }
    }
    this.#delete(podDisruptionBudgets, 'guarded');
    this.#until('the end of everything', () => this.#left([...owned, ...roots]).length === 0);
    if (system > 0 && this.#left(owned).length > 0) this.#problems.push(`left: ${this.#left(owned).join(' ')}`);
    if (!this.#cluster.sim.runUntilIdle({ limitMs: settleMs })) this.#problems.push('never idle');
  }
  #left(refs: readonly ResourceRef[]): string[] {
    return refs.flatMap((ref) =>
      this.#cluster
        .readAll(ref, namespace)
        .filter(({ metadata }) => metadata.name !== 'kubernetes')
        .map(({ metadata }) => `${ref.resource}/${metadata.name}`),
    );
  }
}
