import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { isControlledBy } from '../../../apimachinery/object-meta.ts';

/** Which ResourceClaim stands behind one of a pod's claims. */
export type ClaimName =
  | { readonly kind: 'named'; readonly name: string; readonly mustCheckOwner: boolean }
  /** Nothing was generated because nothing is needed. */
  | { readonly kind: 'unneeded' }
  /** The controller has not got round to it. */
  | { readonly kind: 'notCreated' };

/** @throws Error when the pod names neither a claim nor a template. Upstream: dynamic-resource-allocation/resourceclaim/claim.go Name (v1.36) */
export function resourceClaimName(pod: corev1.Pod, podClaim: corev1.PodResourceClaim): ClaimName {
  const { resourceClaimName: name, resourceClaimTemplateName: template } = podClaim;
  if (name !== undefined) return { kind: 'named', name, mustCheckOwner: false };
  if (template === undefined)
    throw new Error(
      `pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}: none of the supported fields are set`,
    );
  const status = pod.status?.resourceClaimStatuses?.find((found) => found.name === podClaim.name);
  if (!status) return { kind: 'notCreated' };
  if (status.resourceClaimName === undefined) return { kind: 'unneeded' };
  return { kind: 'named', name: status.resourceClaimName, mustCheckOwner: true };
}

/** Whether the claim was made for the pod. Upstream: resourceclaim/claim.go IsForPod (v1.36) */
export const isForPod = (pod: corev1.Pod, claim: resourcev1.ResourceClaim): boolean =>
  claim.metadata.namespace === pod.metadata.namespace && isControlledBy(claim, pod);

/** Upstream: resourceclaim/claim.go IsReservedForPod (v1.36) */
export const isReservedForPod = (pod: corev1.Pod, claim: resourcev1.ResourceClaim): boolean =>
  (claim.status?.reservedFor ?? []).some(({ uid }) => uid === pod.metadata.uid);
