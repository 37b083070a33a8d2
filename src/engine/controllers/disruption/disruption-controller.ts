/**
 * Keeps the status of disruption budgets: how many pods they cover, and how many may be evicted now.
 *
 * Reads budgets, pods and the workloads that own them through informers; writes the budgets' status, and takes back the mark on pods
 * whose eviction never came. Upstream: pkg/controller/disruption/disruption.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import {
  customResourceDefinitions,
  deployments,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import {
  getControllerOf,
  type KubernetesObject,
  metaNamespaceKey,
  type OwnerReference,
} from '../../../apimachinery/object-meta.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';
import { getPodCondition, isPodTerminal } from '../shared/pod-status.ts';
import { withPodCondition } from '../shared/pod-conditions.ts';
import {
  countHealthyPods,
  deletionTimeoutMs,
  getExpectedPodCount,
  goSelector,
  pdbStatus,
  withCondition,
} from './pdb-status.ts';

const stalePodDisruptionMs = 120_000;
type Budget = policyv1.PodDisruptionBudget;
type Scaled = KubernetesObject & { readonly spec?: { readonly replicas?: number } };

export const disruptionController = defineController({
  name: 'disruption-controller',
  start: (run) => new DisruptionController(run).start(),
});

class DisruptionController {
  readonly #run: ControllerRun;
  readonly #budgets: Informer<Budget>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #owners: ReadonlyMap<string, Informer<Scaled>>;
  readonly #queue: RateLimitingQueue;
  readonly #stale: RateLimitingQueue;
  readonly #recorder: EventRecorder;

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#budgets = run.informer(podDisruptionBudgets);
    this.#pods = run.informer(pods);
    this.#owners = new Map<string, Informer<Scaled>>([
      ['apps/Deployment', run.informer<Scaled>(deployments)],
      ['apps/ReplicaSet', run.informer<Scaled>(replicaSets)],
      ['apps/StatefulSet', run.informer<Scaled>(statefulSets)],
      ['/ReplicationController', run.informer<Scaled>(replicationControllers)],
    ]);
    this.#queue = run.queue();
    this.#stale = run.queue();
    this.#recorder = run.recorder('controllermanager');
  }

  start(): void {
    const run = this.#run;
    const enqueue = (pdb: Budget) => this.#queue.add(metaNamespaceKey(pdb));
    run.watch(this.#budgets, { add: enqueue, update: (_, pdb) => enqueue(pdb), delete: enqueue });
    run.watch(this.#pods, {
      add: (pod) => this.#podChanged(pod),
      update: (_, pod) => this.#podChanged(pod),
      delete: (pod) => this.#podChanged(pod),
    });
    for (const informer of this.#owners.values()) {
      run.watch(informer, {
        update: (old, owner) => {
          if (old.spec?.replicas !== owner.spec?.replicas) this.#enqueueNamespace(owner.metadata.namespace ?? '');
        },
      });
    }
    const informers = [this.#budgets, this.#pods, ...this.#owners.values()];
    run.work({ queue: this.#queue, informers, workers: 1, reconcile: (key) => this.#sync(key) });
    run.work({ queue: this.#stale, informers, workers: 1, reconcile: (key) => this.#syncStalePod(key) });
  }

  #enqueueNamespace(namespace: string): void {
    for (const pdb of this.#budgets.store.list(namespace)) this.#queue.add(metaNamespaceKey(pdb));
  }
  #podChanged(pod: corev1.Pod): void {
    for (const pdb of this.#budgets.store.list(pod.metadata.namespace ?? '')) {
      if (labelSelectorAsSelector(pdb.spec?.selector).matches(pod.metadata.labels))
        this.#queue.add(metaNamespaceKey(pdb));
    }
    const after = this.#staleAfter(pod);
    if (after !== undefined) this.#stale.addAfter(metaNamespaceKey(pod), Math.max(1, after));
  }

  *#sync(key: string): Process<void> {
    const pdb = this.#budgets.store.get(key);
    if (!pdb) return;
    try {
      yield* this.#trySync(key, pdb);
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) throw error;
      yield* this.#failSafe(pdb, error);
      throw error;
    }
  }
  *#trySync(key: string, pdb: Budget): Process<void> {
    const selector = labelSelectorAsSelector(pdb.spec?.selector);
    const matching = this.#pods.store
      .list(pdb.metadata.namespace ?? '')
      .filter((pod) => selector.matches(pod.metadata.labels) && !isPodTerminal(pod));
    if (matching.length === 0) this.#recorder.event(pdb, 'Normal', 'NoPods', 'No matching pods found');
    const { expected, desiredHealthy } = yield* this.#expectedPodCount(pdb, matching);
    const now = this.#run.now();
    const { disruptedPods, recheckMs } = this.#disruptedPods(pdb, matching, now);
    const currentHealthy = countHealthyPods(matching, disruptedPods, now);
    const counts = { currentHealthy, desiredHealthy, expectedPods: expected, disruptedPods };
    const status = pdbStatus(pdb, counts, formatTime(now));
    if (!deepEqual(pdb.status, status)) {
      yield* this.#run.client.resource(podDisruptionBudgets, pdb.metadata.namespace).updateStatus({ ...pdb, status });
    }
    if (recheckMs !== undefined) this.#queue.addAfter(key, Math.max(1, recheckMs - now));
  }

  *#expectedPodCount(
    pdb: Budget,
    matching: readonly corev1.Pod[],
  ): Process<{ readonly expected: number; readonly desiredHealthy: number }> {
    const needsScale = pdb.spec?.maxUnavailable !== undefined || typeof pdb.spec?.minAvailable === 'string';
    let scale = { expected: 0, unmanaged: false };
    try {
      if (needsScale) scale = yield* this.#expectedScale(matching);
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${errorText(error)}`;
      this.#recorder.event(pdb, 'Warning', 'CalculateExpectedPodCountFailed', message);
      throw error;
    }
    if (scale.unmanaged) {
      const message =
        `Pods selected by this PodDisruptionBudget (selector: ${goSelector(pdb.spec?.selector)}) were found to be unmanaged. ` +
        'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
        'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
      this.#recorder.event(pdb, 'Warning', 'UnmanagedPods', message);
    }
    return getExpectedPodCount(pdb, matching.length, () => scale.expected);
  }
  /** Upstream: getExpectedScale (v1.36) */
  *#expectedScale(
    matching: readonly corev1.Pod[],
  ): Process<{ readonly expected: number; readonly unmanaged: boolean }> {
    const scales = new Map<string, number>();
    let unmanaged = false;
    for (const pod of matching) {
      const ref = getControllerOf(pod);
      if (!ref) unmanaged = true;
      if (!ref || scales.has(ref.uid)) continue;
      const found = yield* this.#scaleOf(ref, pod.metadata.namespace ?? '');
      if (!found) throw new Error(`found no controllers for pod "${pod.metadata.name ?? ''}"`);
      scales.set(found.uid, found.replicas);
    }
    return { expected: [...scales.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
  }
  *#scaleOf(
    ref: OwnerReference,
    namespace: string,
  ): Process<{ readonly uid: string; readonly replicas: number } | undefined> {
    const group = parseGroupVersion(ref.apiVersion)?.group ?? '';
    const owner = this.#owners.get(`${group}/${ref.kind}`)?.store.get(`${namespace}/${ref.name}`);
    if (owner?.metadata.uid !== ref.uid) return yield* this.#customScale(ref, group, namespace);
    const parent = ref.kind === 'ReplicaSet' ? getControllerOf(owner) : undefined;
    if (parent?.kind === 'Deployment') {
      const deployment = this.#owners.get('apps/Deployment')?.store.get(`${namespace}/${parent.name}`);
      if (deployment?.metadata.uid === parent.uid) return { uid: parent.uid, replicas: deployment.spec?.replicas ?? 1 };
      return undefined;
    }
    return { uid: ref.uid, replicas: owner.spec?.replicas ?? 1 };
  }
  /** Asks the scale subresource of a custom resource. */
  *#customScale(ref: OwnerReference, group: string, namespace: string) {
    const definitions = this.#run.informer(customResourceDefinitions).store.list();
    const definition = definitions.find(({ spec }) => spec.group === group && spec.names.kind === ref.kind);
    if (!definition) return undefined;
    const { plural } = definition.spec.names;
    const version = parseGroupVersion(ref.apiVersion)?.version ?? '';
    const target = { group, version, resource: plural, kind: ref.kind, namespaced: true };
    try {
      const scale = yield* this.#run.client.resource(target, namespace).getSubresource<Scaled>(ref.name, 'scale');
      return { uid: ref.uid, replicas: scale.spec?.replicas ?? 0 };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The pods that were evicted a short while ago and are not gone yet. Upstream: buildDisruptedPodMap (v1.36) */
  #disruptedPods(pdb: Budget, matching: readonly corev1.Pod[], now: number) {
    const disruptedPods: Record<string, string> = {};
    let recheckMs: number | undefined;
    for (const pod of matching) {
      const name = pod.metadata.name ?? '';
      const since = pdb.status?.disruptedPods?.[name];
      if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const until = (timeOf(since) ?? 0) + deletionTimeoutMs;
      if (until < now) {
        const { namespace = '' } = pdb.metadata;
        const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
        this.#recorder.event(pod, 'Warning', 'NotDeleted', message);
        continue;
      }
      recheckMs = Math.min(recheckMs ?? until, until);
      disruptedPods[name] = since;
    }
    return { disruptedPods, recheckMs };
  }

  *#failSafe(pdb: Budget, error: unknown): Process<void> {
    const message = errorText(error);
    const generation = pdb.status?.observedGeneration ?? 0;
    const conditions = withCondition(pdb, 'False', 'SyncFailed', message, generation, formatTime(this.#run.now()));
    const counts = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    const status = { ...counts, ...pdb.status, disruptionsAllowed: 0, conditions };
    if (deepEqual(pdb.status, status)) return;
    yield* this.#run.client.resource(podDisruptionBudgets, pdb.metadata.namespace).updateStatus({ ...pdb, status });
  }

  // Pods that were marked for disruption and then left alone.

  #staleAfter(pod: corev1.Pod): number | undefined {
    if (pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return undefined;
    const condition = getPodCondition(pod, 'DisruptionTarget');
    if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
    return stalePodDisruptionMs - (this.#run.now() - (timeOf(condition.lastTransitionTime) ?? 0));
  }
  *#syncStalePod(key: string): Process<void> {
    const pod = this.#pods.store.get(key);
    const after = pod && this.#staleAfter(pod);
    if (!pod || after === undefined) return;
    if (after > 0) return this.#stale.addAfter(key, after);
    const condition = { type: 'DisruptionTarget', status: 'False' as const };
    const conditions = withPodCondition(pod, condition, formatTime(this.#run.now()));
    if (!conditions) return;
    const status = { ...pod.status, conditions };
    yield* this.#run.client.resource(pods, pod.metadata.namespace).updateStatus({ ...pod, status });
  }
}
