import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { persistentVolumeClaims, persistentVolumes, volumeAttributesClasses } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import { defineController } from '../define-controller.ts';

const finalizer = 'kubernetes.io/vac-protection';

/** The classes a claim has, wants, or is on its way to. Upstream: getPVCReferencedVACNames (v1.36) */
export function classesOfClaim(claim: corev1.PersistentVolumeClaim): readonly string[] {
  const names = [
    claim.spec?.volumeAttributesClassName,
    claim.status?.currentVolumeAttributesClassName,
    claim.status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}
const classesOfVolume = (volume: corev1.PersistentVolume): readonly string[] =>
  volume.spec?.volumeAttributesClassName ? [volume.spec.volumeAttributesClassName] : [];

/**
 * Keeps the VolumeAttributesClasses that volumes or claims use from being deleted.
 *
 * Upstream: pkg/controller/volume/vacprotection (v1.36)
 */
export const vacProtectionController = defineController({
  name: 'volumeattributesclass-protection-controller',
  start(run) {
    const classes = run.informer(volumeAttributesClasses);
    const volumes = run.informer(persistentVolumes, { attributesClass: classesOfVolume });
    const claims = run.informer(persistentVolumeClaims, { attributesClass: classesOfClaim });
    const queue = run.queue();
    const enqueue = (object: storagev1.VolumeAttributesClass) => queue.add(object.metadata.name ?? '');
    const enqueueAll = (names: readonly string[]) => {
      for (const name of names) queue.add(name);
    };
    run.watch(classes, { add: enqueue, update: (_, object) => enqueue(object) });
    run.watch(volumes, {
      update: (old, volume) => {
        if (!deepEqual(classesOfVolume(old), classesOfVolume(volume))) enqueueAll(classesOfVolume(old));
      },
      delete: (volume) => enqueueAll(classesOfVolume(volume)),
    });
    run.watch(claims, {
      update: (old, claim) => {
        if (!deepEqual(classesOfClaim(old), classesOfClaim(claim))) enqueueAll(classesOfClaim(old));
      },
      delete: (claim) => enqueueAll(classesOfClaim(claim)),
    });
    run.work({
      queue,
      informers: [classes, volumes, claims],
      *reconcile(name) {
        const object = classes.store.get(name);
        if (!object) return;
        const { deletionTimestamp, finalizers = [] } = object.metadata;
        const isProtected = finalizers.includes(finalizer);
        if (isProtected !== (deletionTimestamp !== undefined)) return;
        const users = volumes.store.byIndex('attributesClass', name).length;
        if (isProtected && users + claims.store.byIndex('attributesClass', name).length > 0) return;
        const next = isProtected ? finalizers.filter((other) => other !== finalizer) : [...finalizers, finalizer];
        const metadata = { ...object.metadata, finalizers: next };
        yield* ignoreNotFound(run.client.resource(volumeAttributesClasses).update({ ...object, metadata }));
      },
    });
  },
});
