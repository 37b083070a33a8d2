/** Volumes and claims in use are not deleted under a pod. Upstream: plugin/pkg/admission/storage/storageobjectinuseprotection (v1.36) */
import type { AdmissionPlugin } from './admission.ts';
import { isResource } from './pod-draft.ts';

const finalizers: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
};

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (attributes) =>
    isResource(attributes, 'CREATE', '', 'persistentvolumes') ||
    isResource(attributes, 'CREATE', '', 'persistentvolumeclaims') ||
    isResource(attributes, 'CREATE', 'storage.k8s.io', 'volumeattributesclasses'),
  admit({ object, definition }) {
    const finalizer = finalizers[definition.resource];
    if (!object || finalizer === undefined) return;
    const present = (object.metadata['finalizers'] ?? []) as readonly string[];
    if (!present.includes(finalizer)) object.metadata['finalizers'] = [...present, finalizer];
  },
};
