import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, pods } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';
import { podClaimIndex } from '../shared/pod-indexes.ts';

const finalizer = 'kubernetes.io/pvc-protection';

/** Whether a scheduled pod keeps its claims from going. A finished one does, too, until it is deleted. */
const uses = (pod: corev1.Pod) => Boolean(pod.spec?.nodeName);

/**
 * Keeps claims that pods use from being deleted.
 *
 * Upstream: pkg/controller/volume/pvcprotection (v1.36)
 */
export const pvcProtectionController = defineController({
  name: 'persistentvolumeclaim-protection-controller',
  serviceAccount: 'pvc-protection-controller',
  start(run) {
    const claimInformer = run.informer(persistentVolumeClaims);
    const podInformer = run.informer(pods, podClaimIndex);
    const queue = run.queue();
    const enqueue = (claim: corev1.PersistentVolumeClaim) => {
      const { deletionTimestamp, finalizers = [] } = claim.metadata;
      if (finalizers.includes(finalizer) === (deletionTimestamp !== undefined)) queue.add(metaNamespaceKey(claim));
    };
    const enqueueClaims = (pod: corev1.Pod) => {
      for (const key of podClaimIndex.claim(pod)) {
        const claim = claimInformer.store.get(key);
        if (claim?.metadata.deletionTimestamp !== undefined) queue.add(key);
      }
    };
    run.watch(claimInformer, { add: enqueue, update: (_, claim) => enqueue(claim) });
    run.watch(podInformer, {
      update: (old, pod) => {
        if (old.metadata.uid !== pod.metadata.uid) enqueueClaims(old);
      },
      delete: enqueueClaims,
    });
    run.work({
      queue,
      informers: [claimInformer, podInformer],
      *reconcile(key) {
        const claim = claimInformer.store.get(key);
        if (!claim) return;
        const { deletionTimestamp, finalizers = [], namespace } = claim.metadata;
        const resource = run.client.resource(persistentVolumeClaims, namespace);
        if (deletionTimestamp === undefined) {
          if (finalizers.includes(finalizer)) return;
          yield* resource.update({ ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, finalizer] } });
          return;
        }
        if (!finalizers.includes(finalizer) || podInformer.store.byIndex('claim', key).some(uses)) return;
        const { items } = yield* run.client.resource(pods, namespace).list();
        if (items.some((pod) => uses(pod) && podClaimIndex.claim(pod).includes(key))) return;
        const left = finalizers.filter((other) => other !== finalizer);
        try {
          yield* resource.update({ ...claim, metadata: { ...claim.metadata, finalizers: left } });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    });
  },
});
