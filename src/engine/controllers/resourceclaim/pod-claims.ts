import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { isControlledBy } from '../../../apimachinery/object-meta.ts';

/** How many pods may use a claim at a time. Upstream: resource/v1 ResourceClaimReservedForMaxSize */
const maxReservations = 256;

/** Which ResourceClaim stands behind one of a pod's claims. */
export type ClaimName =
  | { readonly kind: 'named'; readonly name: string; readonly mustCheckOwner: boolean }
  /** Nothing was generated because nothing is needed. */
  | { readonly kind: 'unneeded' }
  /** The controller has not got round to it. */
  | { readonly kind: 'notCreated' };

/** Upstream: dynamic-resource-allocation/resourceclaim/claim.go Name (v1.36) */
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

/** Upstream: resourceclaim/claim.go IsForPod (v1.36) */
export const isForPod = (pod: corev1.Pod, claim: resourcev1.ResourceClaim): boolean =>
  claim.metadata.namespace === pod.metadata.namespace && isControlledBy(claim, pod);

export function notForPod(pod: corev1.Pod, claim: resourcev1.ResourceClaim): Error {
  const of = ({ metadata }: { readonly metadata: corev1.Pod['metadata'] }) =>
    `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  return new Error(`ResourceClaim ${of(claim)} was not created for pod ${of(pod)} (pod is not owner)`);
}

/** Whether a pod that runs already should be written into the claim: somebody else gave it a node. */
export function needsReservation(pod: corev1.Pod, claim: resourcev1.ResourceClaim): boolean {
  const { allocation, reservedFor = [] } = claim.status ?? {};
  if (!allocation || reservedFor.length >= maxReservations) return false;
  return !reservedFor.some(({ uid }) => uid === pod.metadata.uid);
}

const isTerminal = ({ status }: corev1.Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** It will not run (any more). Upstream: controller.go isPodDone (v1.36) */
export const isPodDone = (pod: corev1.Pod): boolean =>
  isTerminal(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec?.nodeName);

/** What a generated claim's name begins with; the server adds five letters. Upstream: controller.go handleClaim (v1.36) */
export function generateNameOf(podName: string, claimName: string): string {
  const longest = 57;
  const whole = `${podName}-${claimName}-`;
  if (whole.length <= longest) return whole;
  const part = (text: string) => text.slice(0, Math.trunc((text.length * longest) / whole.length));
  return `${part(podName)}-${part(claimName)}`;
}
