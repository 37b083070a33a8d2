import type * as corev1 from '../../api/core/v1.ts';
import { isControlledBy } from '../../apimachinery/object-meta.ts';

/** A claim that a pod names, or that is made for one of its ephemeral volumes. */
export interface PodClaim {
  readonly name: string;
  readonly isEphemeral: boolean;
}

/** The claims of a pod's volumes, in their order. */
export function podClaims(pod: corev1.Pod): PodClaim[] {
  return (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): PodClaim[] => {
    if (persistentVolumeClaim) return [{ name: persistentVolumeClaim.claimName, isEphemeral: false }];
    return ephemeral ? [{ name: `${pod.metadata.name ?? ''}-${name}`, isEphemeral: true }] : [];
  });
}

/** Whether a pod has a volume with that claim. */
export const usesClaim = (pod: corev1.Pod, claim: corev1.PersistentVolumeClaim | undefined): boolean =>
  pod.metadata.namespace === claim?.metadata.namespace &&
  podClaims(pod).some(({ name }) => name === claim?.metadata.name);

/** What is wrong with a claim that stands where an ephemeral volume's claim should. Upstream: ephemeral.VolumeIsForPod */
export function ephemeralClaimProblem(pod: corev1.Pod, claim: corev1.PersistentVolumeClaim): string | undefined {
  if (isControlledBy(claim, pod)) return undefined;
  const { namespace = '', name = '' } = claim.metadata;
  return `PVC ${namespace}/${name} was not created for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''} (pod is not owner)`;
}

/** The class of a claim or a volume: by annotation, or by its field. Upstream: component-helpers GetPersistentVolumeClaimClass */
export function storageClassOf(object: corev1.PersistentVolumeClaim | corev1.PersistentVolume): string {
  const annotation = object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  return annotation ?? object.spec?.storageClassName ?? '';
}

/** What the API server says of an object that is not there. */
export const notFoundText = (resource: string, name: string): string => `${resource} "${name}" not found`;
