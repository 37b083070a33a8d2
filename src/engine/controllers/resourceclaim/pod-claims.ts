import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { isReservedForPod } from '../shared/resource-claims.ts';

/** How many pods may use a claim at a time. Upstream: resource/v1 ResourceClaimReservedForMaxSize */
const maxReservations = 256;

export function notForPod(pod: corev1.Pod, claim: resourcev1.ResourceClaim): Error {
  const of = ({ metadata }: { readonly metadata: corev1.Pod['metadata'] }) =>
    `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
  return new Error(`ResourceClaim ${of(claim)} was not created for pod ${of(pod)} (pod is not owner)`);
}

/** Whether a pod that runs already should be written into the claim: somebody else gave it a node. */
export function needsReservation(pod: corev1.Pod, claim: resourcev1.ResourceClaim): boolean {
  const { allocation, reservedFor = [] } = claim.status ?? {};
  if (!allocation || reservedFor.length >= maxReservations) return false;
  return !isReservedForPod(pod, claim);
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
