/** Which volume suits a claim on a node. Upstream: component-helpers/storage/volume/pv_helpers.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { NodeSelectorMatcher } from '../../../api/core/node-affinity.ts';
import { storageClassOf } from '../pod-claims.ts';
import { valueOf } from '../resource.ts';

const boundByController = 'pv.kubernetes.io/bound-by-controller';
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const selectedNode = 'volume.kubernetes.io/selected-node';

/** Whether the node can reach the volume. */
export function checkNodeAffinity(volume: corev1.PersistentVolume, node: corev1.Node): boolean {
  const required = volume.spec?.nodeAffinity?.required;
  return required === undefined || new NodeSelectorMatcher(required).matches(node);
}

/** Whether the volume is promised, or bound, to this very claim. */
export function isVolumeBoundToClaim(volume: corev1.PersistentVolume, claim: corev1.PersistentVolumeClaim): boolean {
  const ref = volume.spec?.claimRef;
  const { name, namespace, uid } = claim.metadata;
  return ref !== undefined && ref.name === name && ref.namespace === namespace && (!ref.uid || ref.uid === uid);
}

export const requestedStorage = (claim: corev1.PersistentVolumeClaim): number =>
  valueOf(claim.spec?.resources?.requests?.['storage'] ?? '0');

const capacityOf = (volume: corev1.PersistentVolume): number => valueOf(volume.spec?.capacity?.['storage'] ?? '0');

/** Whether the volume could hold the claim, be it free or not. */
function couldHold(volume: corev1.PersistentVolume, claim: corev1.PersistentVolumeClaim): boolean {
  if (volume.spec?.claimRef && !isVolumeBoundToClaim(volume, claim)) return false;
  if (capacityOf(volume) < requestedStorage(claim)) return false;
  if ((claim.spec?.volumeMode ?? 'Filesystem') !== (volume.spec?.volumeMode ?? 'Filesystem')) return false;
  const attributes = claim.spec?.volumeAttributesClassName ?? '';
  return attributes === (volume.spec?.volumeAttributesClassName ?? '') && !volume.metadata.deletionTimestamp;
}

/** The smallest free volume that suits the claim, or the one that is promised to it; on a node that can reach it. */
export function findMatchingVolume(
  claim: corev1.PersistentVolumeClaim,
  volumes: readonly corev1.PersistentVolume[],
  node: corev1.Node,
  excluded: ReadonlySet<string>,
): corev1.PersistentVolume | undefined {
  const selector = claim.spec?.selector ? labelSelectorAsSelector(claim.spec.selector) : undefined;
  const modes = claim.spec?.accessModes ?? [];
  let smallest: corev1.PersistentVolume | undefined;
  for (const volume of volumes) {
    if (excluded.has(volume.metadata.name ?? '') || !couldHold(volume, claim)) continue;
    const isReachable = checkNodeAffinity(volume, node);
    if (isVolumeBoundToClaim(volume, claim)) return isReachable ? volume : undefined;
    if (volume.status?.phase !== 'Available' || (selector && !selector.matches(volume.metadata.labels))) continue;
    if (storageClassOf(volume) !== storageClassOf(claim) || !isReachable) continue;
    if (!modes.every((mode) => volume.spec?.accessModes?.includes(mode))) continue;
    if (!smallest || capacityOf(smallest) > capacityOf(volume)) smallest = volume;
  }
  return smallest;
}

/** The volume as it is when bound to the claim. Upstream: GetBindVolumeToClaim */
export function bindVolumeToClaim(
  volume: corev1.PersistentVolume,
  claim: corev1.PersistentVolumeClaim,
): corev1.PersistentVolume {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = claim.metadata;
  const ref = volume.spec?.claimRef;
  const isComplete = ref?.name === name && ref.namespace === namespace && ref.uid === uid;
  const claimRef = isComplete
    ? ref
    : { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion };
  const marks = isVolumeBoundToClaim(volume, claim) ? {} : { [boundByController]: 'yes' };
  return {
    ...volume,
    metadata: { ...volume.metadata, annotations: { ...marks, ...volume.metadata.annotations } },
    spec: { ...volume.spec, claimRef },
  };
}
