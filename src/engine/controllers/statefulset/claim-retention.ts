import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { statefulSets } from '../../../api/resources.ts';
import { type KubernetesObject, newControllerRef, type OwnerReference } from '../../../apimachinery/object-meta.ts';
import { type GroupVersionKind, groupVersion } from '../../../apimachinery/resource-ref.ts';
import { podInOrdinalRange } from './stateful-pods.ts';

type Claim = corev1.PersistentVolumeClaim;

const podKind: GroupVersionKind = { group: '', version: 'v1', kind: 'Pod' };

const owners = (claim: Claim): readonly OwnerReference[] => claim.metadata.ownerReferences ?? [];
const names = (ref: OwnerReference, object: KubernetesObject, kind: GroupVersionKind) =>
  ref.apiVersion === groupVersion(kind) && ref.kind === kind.kind && ref.name === object.metadata.name;
const hasOwnerRef = (claim: Claim, owner: KubernetesObject) =>
  owners(claim).some((ref) => ref.uid === owner.metadata.uid);

/** Whether the claim belongs to an earlier object of the same name, which is still going away. */
export function hasStaleOwnerRef(claim: Claim, object: KubernetesObject, kind: GroupVersionKind): boolean {
  const ref = owners(claim).find((one) => names(one, object, kind));
  return ref !== undefined && ref.uid !== object.metadata.uid;
}
export const hasStalePodRef = (claim: Claim, pod: corev1.Pod): boolean => hasStaleOwnerRef(claim, pod, podKind);

function policyOf(set: appsv1.StatefulSet): { readonly whenDeleted: string; readonly whenScaled: string } {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  return { whenDeleted, whenScaled };
}

/** Who should own a claim: the set, the pod, or neither. */
function wantedOwners(set: appsv1.StatefulSet, pod: corev1.Pod): { readonly set: boolean; readonly pod: boolean } {
  const { whenDeleted, whenScaled } = policyOf(set);
  const scaledDown = !podInOrdinalRange(pod, set);
  const byPod = whenScaled === 'Delete' && scaledDown;
  return { pod: byPod, set: whenDeleted === 'Delete' && !byPod };
}

/** Whether somebody else manages the claim, so that the policy cannot apply. */
export function hasUnexpectedController(claim: Claim, set: appsv1.StatefulSet, pod: corev1.Pod): boolean {
  const { whenDeleted, whenScaled } = policyOf(set);
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false;
  return owners(claim).some((ref) => {
    if (names(ref, set, statefulSets)) return ref.uid !== set.metadata.uid;
    if (names(ref, pod, podKind)) return ref.uid !== pod.metadata.uid;
    return ref.controller === true;
  });
}

/** Upstream: stateful_set_utils.go isClaimOwnerUpToDate (v1.36) */
export function isClaimOwnerUpToDate(claim: Claim, set: appsv1.StatefulSet, pod: corev1.Pod): boolean {
  if (hasStaleOwnerRef(claim, set, statefulSets) || hasStalePodRef(claim, pod)) return true;
  const ours = hasOwnerRef(claim, set) || hasOwnerRef(claim, pod);
  if (hasUnexpectedController(claim, set, pod)) return !ours;
  const mine = owners(claim).filter((ref) => ref.uid === set.metadata.uid || ref.uid === pod.metadata.uid);
  if (mine.some((ref) => ref.controller !== true)) return false;
  const wanted = wantedOwners(set, pod);
  return wanted.set === hasOwnerRef(claim, set) && wanted.pod === hasOwnerRef(claim, pod);
}

/** The claim's owners as the policy wants them. Upstream: updateClaimOwnerRefForSetAndPod (v1.36) */
export function claimOwnersFor(claim: Claim, set: appsv1.StatefulSet, pod: corev1.Pod): readonly OwnerReference[] {
  const others = owners(claim).filter((ref) => !names(ref, set, statefulSets) && !names(ref, pod, podKind));
  if (hasUnexpectedController(claim, set, pod)) return others;
  const wanted = wantedOwners(set, pod);
  return [
    ...others,
    ...(wanted.pod ? [newControllerRef(pod, podKind)] : []),
    ...(wanted.set ? [newControllerRef(set, statefulSets)] : []),
  ];
}
