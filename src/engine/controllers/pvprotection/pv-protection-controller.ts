import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumes } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { defineController } from '../define-controller.ts';

const finalizer = 'kubernetes.io/pv-protection';

/**
 * Keeps bound volumes from being deleted.
 *
 * Upstream: pkg/controller/volume/pvprotection (v1.36)
 */
export const pvProtectionController = defineController({
  name: 'persistentvolume-protection-controller',
  serviceAccount: 'pv-protection-controller',
  start(run) {
    const informer = run.informer(persistentVolumes);
    const queue = run.queue();
    const enqueue = (volume: corev1.PersistentVolume) => {
      const { deletionTimestamp, finalizers = [], name = '' } = volume.metadata;
      if (finalizers.includes(finalizer) === (deletionTimestamp !== undefined)) queue.add(name);
    };
    run.watch(informer, { add: enqueue, update: (_, volume) => enqueue(volume) });
    run.work({
      queue,
      informers: [informer],
      *reconcile(name) {
        const volume = informer.store.get(name);
        if (!volume) return;
        const { deletionTimestamp, finalizers = [] } = volume.metadata;
        const protectedNow = finalizers.includes(finalizer);
        if (protectedNow !== (deletionTimestamp !== undefined)) return;
        if (protectedNow && volume.status?.phase === 'Bound') return;
        const next = protectedNow ? finalizers.filter((other) => other !== finalizer) : [...finalizers, finalizer];
        try {
          const metadata = { ...volume.metadata, finalizers: next };
          yield* run.client.resource(persistentVolumes).update({ ...volume, metadata });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      },
    });
  },
});
