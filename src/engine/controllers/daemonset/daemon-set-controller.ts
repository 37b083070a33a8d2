/**
 * Keeps one pod of each DaemonSet on every node that it is for.
 *
 * Reads daemon sets, pods, nodes and revisions through informers; creates pods pinned to nodes, deletes them, writes revisions and the
 * daemon set's status. Upstream: pkg/controller/daemon/daemon_controller.go (v1.36)
 */
import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { controllerRevisions, daemonSets, nodes, pods } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { getControllerOf, metaNamespaceKey, newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { Backoff } from '../shared/backoff.ts';
import { claim } from '../shared/controller-ref-manager.ts';
import { controllerRevisionHashLabel } from '../shared/controller-history.ts';
import { ControllerExpectations } from '../shared/expectations.ts';
import { updateStatusWithRetry } from '../shared/fresh-update.ts';
import {
  getPodFromTemplate,
  isNamespaceTerminating,
  PodControl,
  podControllerIndex,
  podControllerKey,
} from '../shared/pod-control.ts';
import { isPodAvailable, isPodReady, isPodTerminal } from '../shared/pod-status.ts';
import { runAll, slowStartBatch } from '../shared/slow-start-batch.ts';
import { constructHistory, surplusHistory } from './daemon-history.ts';
import {
  allowsSurge,
  byCreationTimestampAndPhase,
  daemonPodTemplate,
  getTargetNodeName,
  isPodUpdated,
  nodeShouldRunDaemonPod,
} from './daemon-pods.ts';
import { rollingUpdate } from './rolling-update.ts';

const burstReplicas = 250;

export const daemonSetController = defineController({
  name: 'daemonset-controller',
  serviceAccount: 'daemon-set-controller',
  start: (run) => new DaemonSetController(run).start(),
});

type PodsByNode = Map<string, corev1.Pod[]>;

class DaemonSetController {
  readonly #run: ControllerRun;
  readonly #sets: Informer<appsv1.DaemonSet>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #nodes: Informer<corev1.Node>;
  readonly #revisions: Informer<appsv1.ControllerRevision>;
  readonly #queue: RateLimitingQueue;
  readonly #expectations: ControllerExpectations;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #failedPods: Backoff;

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#sets = run.informer(daemonSets);
    this.#pods = run.informer(pods, podControllerIndex);
    this.#nodes = run.informer(nodes);
    this.#revisions = run.informer(controllerRevisions);
    this.#queue = run.queue();
    this.#expectations = new ControllerExpectations(() => run.now());
    this.#recorder = run.recorder('daemonset-controller');
    this.#podControl = new PodControl(run.client, this.#recorder);
    this.#failedPods = new Backoff(() => run.now(), 1000, 900_000);
  }

  start(): void {
    const run = this.#run;
    const enqueue = (ds: appsv1.DaemonSet) => this.#queue.add(metaNamespaceKey(ds));
    run.watch(this.#sets, {
      add: enqueue,
      update: (old, ds) => {
        if (old.metadata.uid !== ds.metadata.uid) this.#expectations.deleteExpectations(metaNamespaceKey(old));
        enqueue(ds);
      },
      delete: (ds) => {
        this.#expectations.deleteExpectations(metaNamespaceKey(ds));
        enqueue(ds);
      },
    });
    run.watch(this.#revisions, {
      add: (revision) => this.#enqueueOwner(revision),
      update: (_, revision) => this.#enqueueOwner(revision),
      delete: (revision) => this.#enqueueOwner(revision),
    });
    run.watch(this.#pods, {
      add: (pod) => this.#addPod(pod),
      update: (old, pod) => this.#updatePod(old, pod),
      delete: (pod) => this.#deletePod(pod),
    });
    run.watch(this.#nodes, {
      add: (node) => this.#nodeChanged(undefined, node),
      update: (old, node) => this.#nodeChanged(old, node),
      delete: (node) => this.#nodeChanged(node, undefined),
    });
    const informers = [this.#sets, this.#pods, this.#nodes, this.#revisions];
    run.work({ queue: this.#queue, informers, workers: 2, reconcile: (key) => this.#sync(key) });
  }

  #resolve(object: corev1.Pod | appsv1.ControllerRevision): appsv1.DaemonSet | undefined {
    const ref = getControllerOf(object);
    if (ref?.kind !== 'DaemonSet') return undefined;
    const ds = this.#sets.store.get(`${object.metadata.namespace}/${ref.name}`);
    return ds?.metadata.uid === ref.uid ? ds : undefined;
  }
  #enqueueOwner(object: corev1.Pod | appsv1.ControllerRevision): void {
    const ds = this.#resolve(object);
    if (ds) this.#queue.add(metaNamespaceKey(ds));
  }
  #enqueueMatching(pod: corev1.Pod): void {
    if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
    for (const ds of this.#sets.store.list(pod.metadata.namespace ?? '')) {
      const selector = labelSelectorAsSelector(ds.spec?.selector);
      if (!selector.isEmpty && selector.matches(pod.metadata.labels)) this.#queue.add(metaNamespaceKey(ds));
    }
  }
  #addPod(pod: corev1.Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return this.#deletePod(pod);
    if (!getControllerOf(pod)) return this.#enqueueMatching(pod);
    const ds = this.#resolve(pod);
    if (!ds) return;
    this.#expectations.creationObserved(metaNamespaceKey(ds));
    this.#queue.add(metaNamespaceKey(ds));
  }
  #updatePod(old: corev1.Pod, pod: corev1.Pod): void {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    if (pod.metadata.deletionTimestamp !== undefined) return this.#deletePod(pod);
    const refChanged = !deepEqual(getControllerOf(old), getControllerOf(pod));
    if (refChanged) this.#enqueueOwner(old);
    if (!getControllerOf(pod)) {
      if (refChanged || !deepEqual(old.metadata.labels, pod.metadata.labels)) this.#enqueueMatching(pod);
      return;
    }
    const ds = this.#resolve(pod);
    if (!ds) return;
    const key = metaNamespaceKey(ds);
    this.#queue.add(key);
    const minReadySeconds = ds.spec?.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod)) {
      this.#queue.addAfter(key, minReadySeconds * 1000 + 1000);
    }
  }
  #deletePod(pod: corev1.Pod): void {
    const ds = this.#resolve(pod);
    if (!ds) return;
    this.#expectations.deletionObserved(metaNamespaceKey(ds), metaNamespaceKey(pod));
    this.#queue.add(metaNamespaceKey(ds));
  }
  #nodeChanged(old: corev1.Node | undefined, node: corev1.Node | undefined): void {
    if (old && node) {
      const same =
        deepEqual(old.metadata.labels, node.metadata.labels) &&
        deepEqual(old.spec?.taints, node.spec?.taints) &&
        old.metadata.name === node.metadata.name;
      if (same) return;
    }
    for (const ds of this.#sets.store.list()) {
      const before = old && nodeShouldRunDaemonPod(old, ds);
      const after = node && nodeShouldRunDaemonPod(node, ds);
      const changed =
        before?.shouldRun !== after?.shouldRun || before?.shouldContinueRunning !== after?.shouldContinueRunning;
      if (changed) this.#queue.add(metaNamespaceKey(ds));
    }
  }

  *#sync(key: string): Process<void> {
    const ds = this.#sets.store.get(key);
    if (!ds) return this.#expectations.deleteExpectations(key);
    if (deepEqual(ds.spec?.selector, {})) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      return this.#recorder.event(ds, 'Warning', 'SelectingAll', message);
    }
    if (ds.metadata.deletionTimestamp !== undefined) return;
    const known = this.#revisions.store.list(ds.metadata.namespace ?? '');
    const { current, old } = yield* constructHistory(this.#run.client, ds, known, () => this.#daemonPods(ds));
    const hash = current.metadata.labels?.[controllerRevisionHashLabel] ?? '';
    if (!this.#expectations.satisfiedExpectations(key)) return yield* this.#updateStatus(ds, hash, false);
    let failure: { readonly error: unknown } | undefined;
    try {
      yield* this.#update(key, ds, hash, old);
    } catch (error) {
      failure = { error };
    }
    yield* this.#updateStatus(ds, hash, failure === undefined);
    if (failure) throw failure.error;
  }

  *#daemonPods(ds: appsv1.DaemonSet): Process<readonly corev1.Pod[]> {
    const { client } = this.#run;
    const { namespace = '', name = '', uid } = ds.metadata;
    const candidates = [
      ...this.#pods.store.byIndex('podController', podControllerKey(namespace, uid)),
      ...this.#pods.store.byIndex('podController', podControllerKey(namespace, undefined)),
    ];
    const selector = labelSelectorAsSelector(ds.spec?.selector);
    const fresh = () => client.resource(daemonSets, namespace).get(name);
    return yield* claim({ client, ref: pods, owner: ds, ownerKind: daemonSets, selector, fresh }, candidates);
  }
  /** Pods that have ended and are on their way out are left to whoever holds them: they keep no node. */
  *#podsByNode(ds: appsv1.DaemonSet): Process<PodsByNode> {
    const out: PodsByNode = new Map();
    for (const pod of yield* this.#daemonPods(ds)) {
      if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
      const node = getTargetNodeName(pod);
      if (node !== undefined) out.set(node, [...(out.get(node) ?? []), pod]);
    }
    return out;
  }

  *#update(key: string, ds: appsv1.DaemonSet, hash: string, old: readonly appsv1.ControllerRevision[]): Process<void> {
    const allNodes = this.#nodes.store.list();
    const podsByNode = yield* this.#podsByNode(ds);
    const needing: string[] = [];
    const deleting: string[] = [];
    for (const node of allNodes) this.#podsShouldBeOnNode(key, node, podsByNode, ds, hash, needing, deleting);
    const names = new Set(allNodes.map((node) => node.metadata.name));
    for (const [node, list] of podsByNode) {
      if (names.has(node)) continue;
      // Pinned to a node that is gone and so never to be scheduled.
      deleting.push(...list.filter((pod) => !pod.spec?.nodeName).map((pod) => pod.metadata.name ?? ''));
    }
    yield* this.#syncNodes(key, ds, deleting, needing, hash);
    if (this.#expectations.satisfiedExpectations(key) && ds.spec?.updateStrategy?.type === 'RollingUpdate') {
      const input = { ds, nodes: allNodes, podsByNode: yield* this.#podsByNode(ds), hash, nowMs: this.#run.now() };
      const { podsToDelete, nodesToCreate } = rollingUpdate(input);
      yield* this.#syncNodes(key, ds, podsToDelete, nodesToCreate, hash);
    }
    const resource = this.#run.client.resource(controllerRevisions, ds.metadata.namespace);
    for (const revision of surplusHistory(ds, old, yield* this.#daemonPods(ds))) {
      yield* resource.delete(revision.metadata.name ?? '');
    }
  }

  /** Upstream: podsShouldBeOnNode (v1.36) */
  #podsShouldBeOnNode(
    key: string,
    node: corev1.Node,
    podsByNode: PodsByNode,
    ds: appsv1.DaemonSet,
    hash: string,
    needing: string[],
    deleting: string[],
  ): void {
    const name = node.metadata.name ?? '';
    const { shouldRun, shouldContinueRunning } = nodeShouldRunDaemonPod(node, ds);
    const found = podsByNode.get(name);
    if (shouldRun && !found) needing.push(name);
    else if (shouldContinueRunning) {
      const alive = (found ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const running = alive.filter((pod) => !this.#removeFinished(key, ds, pod, name, deleting));
      this.#removeSurplus(ds, hash, running, deleting);
      if (running.length === 0 && shouldRun && allowsSurge(ds)) needing.push(name);
    } else {
      const alive = (found ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
      deleting.push(...alive.map((pod) => pod.metadata.name ?? ''));
    }
  }
  /** Whether the pod has ended; those that failed go after a pause that grows. */
  #removeFinished(key: string, ds: appsv1.DaemonSet, pod: corev1.Pod, node: string, deleting: string[]): boolean {
    const { namespace = '', name = '' } = pod.metadata;
    if (pod.status?.phase === 'Succeeded') {
      const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
      this.#recorder.event(ds, 'Normal', 'SucceededDaemonPod', message);
      deleting.push(name);
      return true;
    }
    if (pod.status?.phase !== 'Failed') return false;
    const backoffKey = `${ds.metadata.uid}/${ds.status?.observedGeneration ?? 0}/${node}`;
    if (this.#failedPods.isInBackOffSinceUpdate(backoffKey)) {
      this.#queue.addAfter(key, this.#failedPods.get(backoffKey));
      return true;
    }
    this.#failedPods.next(backoffKey);
    const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
    this.#recorder.event(ds, 'Warning', 'FailedDaemonPod', message);
    deleting.push(name);
    return true;
  }
  #removeSurplus(ds: appsv1.DaemonSet, hash: string, running: readonly corev1.Pod[], deleting: string[]): void {
    if (running.length <= 1) return;
    const sorted = [...running].sort(byCreationTimestampAndPhase);
    if (!allowsSurge(ds)) {
      deleting.push(...sorted.slice(1).map((pod) => pod.metadata.name ?? ''));
      return;
    }
    const isNew = (pod: corev1.Pod) => pod.metadata.labels?.[controllerRevisionHashLabel] === hash;
    const newest = sorted.find(isNew);
    const oldest = sorted.find((pod) => !isNew(pod));
    for (const pod of sorted) if (pod !== newest && pod !== oldest) deleting.push(pod.metadata.name ?? '');
    if (!newest || !oldest) return;
    const ready = isPodAvailable(newest, ds.spec?.minReadySeconds ?? 0, this.#run.now());
    if (!isPodReady(oldest) || ready) deleting.push(oldest.metadata.name ?? '');
  }

  *#syncNodes(
    key: string,
    ds: appsv1.DaemonSet,
    podsToDelete: readonly string[],
    nodesNeedingPods: readonly string[],
    hash: string,
  ): Process<void> {
    const creating = nodesNeedingPods.slice(0, burstReplicas);
    const deleting = podsToDelete.slice(0, burstReplicas);
    const namespace = ds.metadata.namespace ?? '';
    this.#expectations.setExpectations(
      key,
      creating.length,
      deleting.map((name) => `${namespace}/${name}`),
    );
    const control = this.#podControl;
    const expectations = this.#expectations;
    const ref = newControllerRef(ds, daemonSets);
    const { successes, error } = yield* slowStartBatch(creating.length, 1, function* (index) {
      const template = daemonPodTemplate(ds, hash, creating[index] ?? '');
      try {
        yield* control.createPod(ds, getPodFromTemplate(template, ds, ref));
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    for (let i = successes; i < creating.length; i++) expectations.creationObserved(key);
    const { errors } = yield* runAll(
      deleting.map(function* (name) {
        try {
          yield* control.deletePod(ds, name);
        } catch (error) {
          expectations.deletionObserved(key, `${namespace}/${name}`);
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    if (error !== undefined) throw error;
    if (errors.length > 0) throw errors[0];
  }

  /** Upstream: updateDaemonSetStatus (v1.36) */
  *#updateStatus(ds: appsv1.DaemonSet, hash: string, updateObservedGeneration: boolean): Process<void> {
    const podsByNode = yield* this.#podsByNode(ds);
    const minReadySeconds = ds.spec?.minReadySeconds ?? 0;
    const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
    for (const node of this.#nodes.store.list()) {
      const [pod] = [...(podsByNode.get(node.metadata.name ?? '') ?? [])].sort(byCreationTimestampAndPhase);
      if (!nodeShouldRunDaemonPod(node, ds).shouldRun) {
        if (pod) counts.misscheduled++;
        continue;
      }
      counts.desired++;
      if (!pod) continue;
      counts.current++;
      if (isPodReady(pod)) counts.ready++;
      if (isPodAvailable(pod, minReadySeconds, this.#run.now())) counts.available++;
      if (isPodUpdated(pod, hash, ds)) counts.updated++;
    }
    const unavailable = counts.desired - counts.available;
    const resource = this.#run.client.resource(daemonSets, ds.metadata.namespace);
    yield* updateStatusWithRetry(resource, ds, (current) => {
      const generation = updateObservedGeneration ? ds.metadata.generation : current.status?.observedGeneration;
      const { collisionCount, conditions } = current.status ?? {};
      const status: appsv1.DaemonSetStatus = {
        currentNumberScheduled: counts.current,
        numberMisscheduled: counts.misscheduled,
        desiredNumberScheduled: counts.desired,
        numberReady: counts.ready,
        ...(generation ? { observedGeneration: generation } : {}),
        ...(counts.updated > 0 ? { updatedNumberScheduled: counts.updated } : {}),
        ...(counts.available > 0 ? { numberAvailable: counts.available } : {}),
        ...(unavailable > 0 ? { numberUnavailable: unavailable } : {}),
        ...(collisionCount === undefined ? {} : { collisionCount }),
        ...(conditions ? { conditions } : {}),
      };
      return deepEqual(current.status, status) ? undefined : { ...current, status };
    });
    if (minReadySeconds > 0 && counts.ready !== counts.available) {
      this.#queue.addAfter(metaNamespaceKey(ds), minReadySeconds * 1000);
    }
  }
}
