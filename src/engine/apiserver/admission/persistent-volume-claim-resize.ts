/** A claim grows only where its class allows. Upstream: plugin/pkg/admission/storage/persistentvolume/resize (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { isResource } from './pod-draft.ts';

const sizeOf = (claim: corev1.PersistentVolumeClaim) =>
  parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0');

export function persistentVolumeClaimResize(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    handles: (attributes) => isResource(attributes, 'UPDATE', '', 'persistentvolumeclaims'),
    validate(attributes) {
      const claim = attributes.object as unknown as corev1.PersistentVolumeClaim;
      const old = attributes.old as corev1.PersistentVolumeClaim;
      if (sizeOf(claim).cmp(sizeOf(old)) <= 0) return;
      if (old.status?.phase !== 'Bound') {
        throw admissionForbidden(attributes, 'Only bound persistent volume claims can be expanded');
      }
      const name =
        claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName;
      const found = name
        ? objects.get<storagev1.StorageClass>('storage.k8s.io', 'storageclasses', '', name)
        : undefined;
      if (found?.allowVolumeExpansion) return;
      throw admissionForbidden(
        attributes,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
    },
  };
}
