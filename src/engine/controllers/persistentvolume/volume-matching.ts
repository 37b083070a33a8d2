import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { timeOf } from '../shared/api-time.ts';

type Volume = corev1.PersistentVolume;
type Claim = corev1.PersistentVolumeClaim;

const betaClassAnnotation = 'volume.beta.kubernetes.io/storage-class';
const defaultClassAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
export const boundByControllerAnnotation = 'pv.kubernetes.io/bound-by-controller';
export const bindCompletedAnnotation = 'pv.kubernetes.io/bind-completed';
export const provisionedByAnnotation = 'pv.kubernetes.io/provisioned-by';

export const claimClass = (claim: Claim): string =>
  claim.metadata.annotations?.[betaClassAnnotation] ?? claim.spec?.storageClassName ?? '';
export const volumeClass = (volume: Volume): string =>
  volume.metadata.annotations?.[betaClassAnnotation] ?? volume.spec?.storageClassName ?? '';
export const hasClass = (claim: Claim): boolean =>
  claim.metadata.annotations?.[betaClassAnnotation] !== undefined || claim.spec?.storageClassName !== undefined;

const modeOf = (spec: { readonly volumeMode?: string } | undefined) => spec?.volumeMode ?? 'Filesystem';
export const volumeModeMismatches = (volume: Volume, claim: Claim): boolean =>
  modeOf(volume.spec) !== modeOf(claim.spec);

const sizeOf = (quantity: string | undefined) => parseQuantity(quantity ?? '0');
const tooSmall = (volume: Volume, claim: Claim) =>
  sizeOf(volume.spec?.capacity?.['storage']).cmp(sizeOf(claim.spec?.resources?.requests?.['storage'])) < 0;

/** Whether the volume is, or is meant to be, this claim's. Upstream: pv_helpers.go IsVolumeBoundToClaim (v1.36) */
export function isVolumeBoundToClaim(volume: Volume, claim: Claim): boolean {
  const ref = volume.spec?.claimRef;
  if (ref?.name !== claim.metadata.name || ref?.namespace !== claim.metadata.namespace) return false;
  return !ref?.uid || ref.uid === claim.metadata.uid;
}

/** Why a claim cannot have the volume it asks for by name; undefined when it can. Upstream: checkVolumeSatisfyClaim (v1.36) */
export function checkVolumeSatisfyClaim(volume: Volume, claim: Claim): string | undefined {
  const name = volume.metadata.name ?? '';
  if (volume.metadata.deletionTimestamp !== undefined) return `the volume is marked for deletion "${name}"`;
  if (tooSmall(volume, claim)) return 'requested PV is too small';
  if (volumeClass(volume) !== claimClass(claim)) return 'storageClassName does not match';
  const classes = [volume.spec?.volumeAttributesClassName ?? '', claim.spec?.volumeAttributesClassName ?? ''];
  if (classes[0] !== classes[1]) return 'volumeAttributesClassName does not match';
  if (volumeModeMismatches(volume, claim)) return 'incompatible volumeMode';
  const modes = volume.spec?.accessModes ?? [];
  if (!(claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode))) return 'incompatible accessMode';
  return undefined;
}

/**
 * The volume reserved for the claim, or the smallest that will do; of equal ones the first by name.
 *
 * Upstream: component-helpers/storage/volume/pv_helpers.go FindMatchingVolume (v1.36)
 */
export function findBestMatchForClaim(
  claim: Claim,
  volumes: readonly Volume[],
  delayBinding: boolean,
): Volume | undefined {
  const selector = claim.spec?.selector && labelSelectorAsSelector(claim.spec.selector);
  const wanted = claim.spec?.accessModes ?? [];
  const fits = (volume: Volume) =>
    wanted.every((mode) => volume.spec?.accessModes?.includes(mode)) &&
    (!volume.spec?.claimRef || isVolumeBoundToClaim(volume, claim)) &&
    !tooSmall(volume, claim) &&
    !volumeModeMismatches(volume, claim) &&
    (volume.spec?.volumeAttributesClassName ?? '') === (claim.spec?.volumeAttributesClassName ?? '') &&
    volume.metadata.deletionTimestamp === undefined;
  const fitting = volumes.filter(fits);
  const reserved = fitting.find((volume) => isVolumeBoundToClaim(volume, claim));
  if (reserved || delayBinding) return reserved;
  const free = fitting.filter(
    (volume) =>
      volume.status?.phase === 'Available' &&
      (!selector || selector.matches(volume.metadata.labels)) &&
      volumeClass(volume) === claimClass(claim),
  );
  const modeCount = (volume: Volume) => new Set(volume.spec?.accessModes ?? []).size;
  return free.sort(
    (a, b) =>
      modeCount(a) - modeCount(b) ||
      sizeOf(a.spec?.capacity?.['storage']).cmp(sizeOf(b.spec?.capacity?.['storage'])) ||
      compareStrings(a.metadata.name ?? '', b.metadata.name ?? ''),
  )[0];
}

/** The newest default class; undefined when there is none. Upstream: pkg/volume/util/storageclass.go GetDefaultClass (v1.36) */
export function getDefaultClass(classes: readonly storagev1.StorageClass[]): storagev1.StorageClass | undefined {
  const isDefault = (one: storagev1.StorageClass) =>
    defaultClassAnnotations.some((annotation) => one.metadata.annotations?.[annotation] === 'true');
  const created = (one: storagev1.StorageClass) => timeOf(one.metadata.creationTimestamp) ?? 0;
  return classes
    .filter(isDefault)
    .sort((a, b) => created(b) - created(a) || compareStrings(a.metadata.name ?? '', b.metadata.name ?? ''))[0];
}
