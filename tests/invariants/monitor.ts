import type * as appsv1 from '../../src/api/apps/v1.ts';
import type * as corev1 from '../../src/api/core/v1.ts';
import { nodes, pods, replicaSets } from '../../src/api/resources.ts';
import { parseQuantity } from '../../src/apimachinery/quantity.ts';
import { InformerFactory } from '../../src/client/informer.ts';
import type { Cluster } from '../../src/engine/cluster.ts';
import { isReady } from '../cluster/support.ts';
import { guardedMinimum } from './objects.ts';

/** What a Deployment may do until it has settled: set by whoever changes it. */
export interface Bounds {
  /** The sum of its ReplicaSets' sizes is never above. */
  most: number;
  /** Pods that are Ready are never fewer; 0 where nothing is promised. */
  least: number;
  /** So many pods that were away the controller counted when it made a set smaller: they are missing beyond `least`. */
  overcounted?: number;
}

/** A ReplicaSet as its Deployment reckons with it. */
interface SetView {
  readonly app: string;
  readonly replicas: number;
  readonly available: number;
}
/** From the moment a controller reads until its write is seen. */
const decisionMs = 50;

const isActive = (pod: corev1.Pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
const isGoing = (pod: corev1.Pod) => pod.metadata.deletionTimestamp !== undefined;
const appOf = (pod: corev1.Pod) => pod.metadata.labels?.['app'] ?? '';
const cpuOf = (pod: corev1.Pod) =>
  (pod.spec?.containers ?? []).reduce(
    (sum, container) => sum + Number(parseQuantity(container.resources?.requests?.['cpu'] ?? '0').milliValue()),
    0,
  );

/** Hears of every change of pods and ReplicaSets in the order of the writes, and checks after each what must hold always. */
export class Monitor {
  readonly violations: string[] = [];
  readonly bounds = new Map<string, Bounds>();
  /** Jobs by their pods' label, with the pods they may run side by side. */
  readonly parallelism = new Map<string, number>();
  /** StatefulSets whose template alone is being changed: at most one of so many pods is away. */
  readonly rolling = new Map<string, number>();
  /** Nodes that each keep a Ready pod of the DaemonSet that surges; 0 where nothing is promised. */
  surging = 0;
  guardedApp: string | undefined;
  daemonApp: string | undefined;
  statefulApp: string | undefined;
  readonly #cluster: Cluster;
  readonly #pods = new Map<string, corev1.Pod>();
  readonly #sets = new Map<string, SetView>();
  readonly #overcounts = new Map<string, { readonly pods: number; readonly at: number }>();
  readonly #informers: InformerFactory;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#informers = new InformerFactory(cluster.client(), cluster.sim);
    this.#informers.informer(pods).addEventHandler({
      add: (pod) => this.#podAdded(pod),
      update: (old, pod) => this.#podUpdated(old, pod),
      delete: (pod) => this.#podDeleted(pod),
    });
    this.#informers.informer(replicaSets).addEventHandler({
      add: (set) => this.#sized(set),
      update: (_, set) => this.#sized(set),
      delete: (set) => void this.#sets.delete(set.metadata.uid ?? ''),
    });
    this.#informers.start();
  }

  stop(): void {
    this.#informers.stop();
  }
  /** Pods of an app that are Ready and not going away. */
  ready(app: string): number {
    return this.#of(app).filter((pod) => isReady(pod) && !isGoing(pod)).length;
  }
  #of(app: string): corev1.Pod[] {
    return [...this.#pods.values()].filter((pod) => appOf(pod) === app);
  }
  #violated(what: string): void {
    if (this.violations.length < 20) this.violations.push(`${this.#cluster.sim.elapsed} ms: ${what}`);
  }

  #podAdded(pod: corev1.Pod): void {
    this.#pods.set(pod.metadata.uid ?? '', pod);
    if (appOf(pod) === this.statefulApp) this.#checkOrder(pod);
    const most = this.parallelism.get(appOf(pod));
    const active = this.#of(appOf(pod)).filter((one) => isActive(one) && !isGoing(one)).length;
    if (most !== undefined && active > most) this.#violated(`${active} pods of ${appOf(pod)} at once, not ${most}`);
    this.#check(pod);
  }
  #podUpdated(old: corev1.Pod, pod: corev1.Pod): void {
    this.#pods.set(pod.metadata.uid ?? '', pod);
    const [before, after] = [old.spec?.nodeName, pod.spec?.nodeName];
    if (before && before !== after && old.metadata.uid === pod.metadata.uid) {
      this.#violated(`${pod.metadata.name} was bound to ${before} and is bound to ${after}`);
    }
    this.#check(pod);
  }
  #podDeleted(pod: corev1.Pod): void {
    this.#pods.delete(pod.metadata.uid ?? '');
    this.#check(pod);
  }

  #check(pod: corev1.Pod): void {
    const app = appOf(pod);
    this.#checkNode(pod.spec?.nodeName);
    this.#noteOvercount(app);
    const bounds = this.bounds.get(app);
    const least = bounds ? bounds.least - (bounds.overcounted ?? 0) : 0;
    if (this.ready(app) < least) this.#violated(`${this.ready(app)} of ${app}, not ${least}`);
    if (app === this.guardedApp && this.ready(app) < guardedMinimum)
      this.#violated(`${this.ready(app)} of ${app} left`);
    const replicas = this.rolling.get(app);
    if (replicas !== undefined && this.ready(app) < replicas - 1) {
      this.#violated(`${this.ready(app)} of ${replicas} of ${app} during an update`);
    }
    if (app === this.daemonApp) this.#checkDaemon(pod);
    if (app === 'surging') this.#checkSurging();
  }
  #checkNode(name: string | undefined): void {
    if (!name) return;
    const allocatable = this.#cluster.read(nodes, '', name)?.status?.allocatable;
    if (!allocatable) return;
    const here = [...this.#pods.values()].filter((pod) => pod.spec?.nodeName === name && isActive(pod));
    const cpu = here.reduce((sum, pod) => sum + cpuOf(pod), 0);
    const most = Number(parseQuantity(allocatable['cpu'] ?? '0').milliValue());
    if (cpu > most) this.#violated(`${cpu}m on ${name} of ${most}m`);
    if (here.length > Number(allocatable['pods'])) this.#violated(`${here.length} pods on ${name}`);
  }
  #checkDaemon(pod: corev1.Pod): void {
    const node = pod.spec?.nodeName;
    const here = this.#of(appOf(pod)).filter((one) => node && one.spec?.nodeName === node && !isGoing(one));
    if (here.filter(isActive).length > 1) this.#violated(`${here.length} pods of ${appOf(pod)} on ${node}`);
  }
  #checkSurging(): void {
    const ready = this.#of('surging').filter((pod) => isReady(pod) && !isGoing(pod));
    const served = new Set(ready.map((pod) => pod.spec?.nodeName)).size;
    if (served < this.surging) this.#violated(`a pod of surging is Ready on ${served} nodes of ${this.surging}`);
  }
  /** A pod of a StatefulSet comes only when those before it are Ready. */
  #checkOrder(pod: corev1.Pod): void {
    const ordinalOf = (one: corev1.Pod) => Number(one.metadata.name?.split('-').at(-1));
    const before = this.#of(appOf(pod)).filter((one) => ordinalOf(one) < ordinalOf(pod) && isReady(one));
    if (before.length < ordinalOf(pod)) this.#violated(`${pod.metadata.name} came after ${before.length} pods`);
  }
  #sized(set: appsv1.ReplicaSet): void {
    const app = set.metadata.labels?.['app'] ?? set.spec?.selector.matchLabels?.['app'] ?? '';
    const uid = set.metadata.uid ?? '';
    const before = this.#sets.get(uid);
    const replicas = set.spec?.replicas ?? 1;
    const bounds = this.bounds.get(app);
    if (bounds && before && replicas < before.replicas) {
      this.#noteOvercount(app);
      bounds.overcounted = Math.max(bounds.overcounted ?? 0, this.#recentOvercount(app));
    }
    this.#sets.set(uid, { app, replicas, available: set.status?.availableReplicas ?? 0 });
    this.#noteOvercount(app);
    if (!bounds) return;
    let sum = 0;
    for (const one of this.#sets.values()) if (one.app === app) sum += one.replicas;
    if (sum > bounds.most) this.#violated(`${sum} replicas of ${app}, not ${bounds.most}`);
  }
  /**
   * maxUnavailable holds for what the statuses of the ReplicaSets tell, not for the pods: upstream's
   * reconcileOldReplicaSets takes `status.availableReplicas` of the new set and of the old ones that have a size, and
   * never asks whether that status has followed the set's last change of size (v1.36, rolling.go). Whoever rolls back
   * within the milliseconds in which a set was made smaller makes it grow again while its status still counts the pod
   * that went; the controller then takes one more from the other set. Sets of no size do not count, whatever they tell.
   */
  #noteOvercount(app: string): void {
    let sum = 0;
    for (const [uid, set] of this.#sets) {
      if (set.app !== app || set.replicas === 0) continue;
      const here = this.#of(app).filter((pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid));
      sum += Math.max(0, set.available - here.filter((pod) => isReady(pod) && !isGoing(pod)).length);
    }
    if (sum > 0) this.#overcounts.set(app, { pods: sum, at: this.#cluster.sim.elapsed });
  }
  #recentOvercount(app: string): number {
    const last = this.#overcounts.get(app);
    return last && this.#cluster.sim.elapsed - last.at <= decisionMs ? last.pods : 0;
  }
}
