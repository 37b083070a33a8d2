/**
 * Keeps the pods of each StatefulSet: one for each ordinal, in order, each with a name and claims of its own.
 *
 * Reads stateful sets, pods, claims and revisions through informers; writes pods, claims, revisions and the set's status.
 * Upstream: pkg/controller/statefulset/stateful_set.go (v1.36)
 */
import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { getControllerOf, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { claim } from '../shared/controller-ref-manager.ts';
import { ConsistencyStore } from '../shared/consistency.ts';
import { podControllerIndex, podControllerKey } from '../shared/pod-control.ts';
import { findMinNextPodAvailabilityCheck, isPodReady } from '../shared/pod-status.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import { isMemberOf } from './stateful-pods.ts';
import { StatefulSetUpdate } from './stateful-set-control.ts';
import { getStatefulSetRevisions, surplusRevisions } from './stateful-set-revisions.ts';

/** How soon a key that found its view behind looks again, should no event wake it. */
const staleViewMs = 100;

export const statefulSetController = defineController({ name: 'statefulset-controller', start });

function start(run: ControllerRun): void {
  const setInformer = run.informer(statefulSets);
  const podInformer = run.informer(pods, podControllerIndex);
  const claimInformer = run.informer(persistentVolumeClaims);
  const revisionInformer = run.informer(controllerRevisions);
  const queue = run.queue();
  const consistency = new ConsistencyStore(() => run.now());
  const recorder = run.recorder('statefulset-controller');
  const { client } = run;
  const control = new StatefulPodControl({ client, recorder, pods: podInformer, claims: claimInformer, consistency });

  const resolve = (pod: corev1.Pod): appsv1.StatefulSet | undefined => {
    const ref = getControllerOf(pod);
    if (ref?.kind !== 'StatefulSet') return undefined;
    const set = setInformer.store.get(`${pod.metadata.namespace}/${ref.name}`);
    return set?.metadata.uid === ref.uid ? set : undefined;
  };
  const enqueueOwner = (pod: corev1.Pod) => {
    const set = resolve(pod);
    if (set) queue.add(metaNamespaceKey(set));
  };
  const enqueueMatching = (pod: corev1.Pod) => {
    if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
    for (const set of setInformer.store.list(pod.metadata.namespace ?? '')) {
      const selector = labelSelectorAsSelector(set.spec?.selector);
      if (!selector.isEmpty && selector.matches(pod.metadata.labels)) queue.add(metaNamespaceKey(set));
    }
  };

  run.watch(setInformer, {
    add: (set) => queue.add(metaNamespaceKey(set)),
    update: (_, set) => queue.add(metaNamespaceKey(set)),
    delete: (set) => {
      consistency.clear(metaNamespaceKey(set));
      queue.add(metaNamespaceKey(set));
    },
  });
  run.watch(podInformer, {
    add: (pod) => {
      if (pod.metadata.deletionTimestamp !== undefined || getControllerOf(pod)) enqueueOwner(pod);
      else enqueueMatching(pod);
    },
    update: (old, pod) => {
      if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
      const refChanged = !deepEqual(getControllerOf(old), getControllerOf(pod));
      if (refChanged) enqueueOwner(old);
      if (!getControllerOf(pod)) {
        if (refChanged || !deepEqual(old.metadata.labels, pod.metadata.labels)) enqueueMatching(pod);
        return;
      }
      enqueueOwner(pod);
      const set = resolve(pod);
      const minReadySeconds = set?.spec?.minReadySeconds ?? 0;
      if (set && minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod)) {
        queue.addAfter(metaNamespaceKey(set), minReadySeconds * 1000);
      }
    },
    delete: enqueueOwner,
  });

  function* reconcile(key: string): Process<void> {
    const set = setInformer.store.get(key);
    if (!set) return consistency.clear(key);
    if (!consistency.isReady(key)) return queue.addAfter(key, staleViewMs);
    const { namespace = '', name = '', uid } = set.metadata;
    const selector = labelSelectorAsSelector(set.spec?.selector);
    const fresh = () => client.resource(statefulSets, namespace).get(name);
    const base = { client, owner: set, ownerKind: statefulSets, selector, fresh };
    const revisions = yield* claim({ ...base, ref: controllerRevisions }, revisionInformer.store.list(namespace));
    const candidates = [
      ...podInformer.store.byIndex('podController', podControllerKey(namespace, uid)),
      ...podInformer.store.byIndex('podController', podControllerKey(namespace, undefined)),
    ];
    const owned = yield* claim({ ...base, ref: pods, filter: (pod: corev1.Pod) => isMemberOf(set, pod) }, candidates);
    const found = yield* getStatefulSetRevisions(client, set, revisions);
    const { status, error } = yield* new StatefulSetUpdate(control, set, found, owned, run.now()).run();
    yield* writeStatus(key, set, status);
    for (const revision of surplusRevisions(set, revisions, owned, found)) {
      yield* client.resource(controllerRevisions, namespace).delete(revision.metadata.name ?? '');
    }
    if (error !== undefined) throw error;
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    if (minReadySeconds <= 0 || (status.readyReplicas ?? 0) === (status.availableReplicas ?? 0)) return;
    const next = findMinNextPodAvailabilityCheck(owned, minReadySeconds, run.now());
    queue.addAfter(key, next ?? minReadySeconds * 1000);
  }

  function* writeStatus(key: string, set: appsv1.StatefulSet, status: appsv1.StatefulSetStatus): Process<void> {
    const { conditions } = set.status ?? {};
    const wanted = conditions ? { ...status, conditions } : status;
    if (deepEqual(set.status, wanted)) return;
    const resource = client.resource(statefulSets, set.metadata.namespace);
    try {
      const updated = yield* resource.updateStatus({ ...set, status: wanted });
      consistency.wroteAt(key, setInformer, key, updated);
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
      const current = yield* resource.get(set.metadata.name ?? '');
      yield* resource.updateStatus({ ...current, status: wanted });
    }
  }
  run.work({ queue, reconcile, informers: [setInformer, podInformer, claimInformer, revisionInformer] });
}
