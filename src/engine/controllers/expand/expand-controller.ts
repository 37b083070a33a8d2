import { persistentVolumeClaims, persistentVolumes } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { defineController } from '../define-controller.ts';

/**
 * Says that claims which ask for more than they have wait for an outside resizer.
 *
 * Upstream: pkg/controller/volume/expand (v1.36). Differs: no volume plugin of the control plane can grow a volume.
 */
export const expandController = defineController({
  name: 'persistentvolume-expander-controller',
  serviceAccount: 'expand-controller',
  start(run) {
    const claimInformer = run.informer(persistentVolumeClaims);
    const volumeInformer = run.informer(persistentVolumes);
    const queue = run.queue();
    const recorder = run.recorder('volume_expand');
    const size = (quantity: string | undefined) => parseQuantity(quantity ?? '0');
    run.watch(claimInformer, {
      update: (old, claim) => {
        if (!old.spec || !claim.spec?.volumeName) return;
        const [before, now] = [old, claim].map((one) => size(one.spec?.resources?.requests?.['storage']));
        if (before && now && now.cmp(before) > 0) queue.add(metaNamespaceKey(claim));
      },
    });
    run.work({
      queue,
      informers: [claimInformer, volumeInformer],
      // biome-ignore lint/correctness/useYield: nothing here waits
      *reconcile(key) {
        const claim = claimInformer.store.get(key);
        const volume = volumeInformer.store.get(claim?.spec?.volumeName ?? '');
        if (!claim || volume?.spec?.claimRef?.uid !== claim.metadata.uid) return;
        const wanted = size(claim.spec?.resources?.requests?.['storage']);
        if (wanted.cmp(size(claim.status?.capacity?.['storage'])) <= 0) return;
        const message = 'waiting for an external controller to expand this PVC';
        recorder.event(claim, 'Normal', 'ExternalExpanding', message);
      },
    });
  },
});
