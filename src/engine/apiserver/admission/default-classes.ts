/** Claims and ingresses that name no class get the default one. Upstream: storageclass/setdefault, defaultingressclass (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as networkingv1 from '../../../api/networking/v1.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { isResource } from './pod-draft.ts';

/** The newest of the classes marked as default; of equally new ones the first by name. */
function newestDefault<T extends KubernetesObject>(classes: readonly T[], annotations: readonly string[]): T[] {
  const marked = classes.filter(({ metadata }) => annotations.some((key) => metadata.annotations?.[key] === 'true'));
  return marked.sort((a, b) => {
    const [x = '', y = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
    if (x !== y) return x < y ? 1 : -1;
    return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
  });
}

export function defaultStorageClass(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: (attributes) => isResource(attributes, 'CREATE', '', 'persistentvolumeclaims'),
    admit({ object }) {
      const { spec, metadata } = object as unknown as corev1.PersistentVolumeClaim;
      if (!object || spec?.storageClassName !== undefined) return;
      if (metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
      const [first] = newestDefault(objects.list('storage.k8s.io', 'storageclasses'), [
        'storageclass.kubernetes.io/is-default-class',
        'storageclass.beta.kubernetes.io/is-default-class',
      ]);
      if (first) object['spec'] = { ...spec, storageClassName: first.metadata.name ?? '' };
    },
  };
}

export function defaultIngressClass(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: (attributes) => isResource(attributes, 'CREATE', 'networking.k8s.io', 'ingresses'),
    admit(attributes) {
      const { object } = attributes;
      const { spec, metadata } = object as unknown as networkingv1.Ingress;
      if (!object || spec?.ingressClassName !== undefined) return;
      if (metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
      const classes = newestDefault(objects.list('networking.k8s.io', 'ingressclasses'), [
        'ingressclass.kubernetes.io/is-default-class',
      ]);
      const [first, second] = classes;
      if (!first) return;
      if (second && first.metadata.creationTimestamp === undefined) {
        throw admissionForbidden(attributes, `${classes.length} default IngressClasses were found, only 1 allowed`);
      }
      object['spec'] = { ...spec, ingressClassName: first.metadata.name ?? '' };
    },
  };
}
