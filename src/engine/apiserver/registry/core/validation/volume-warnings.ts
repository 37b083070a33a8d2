/** Warnings about volumes and claims that are accepted. Upstream: pkg/api/persistentvolume, pkg/api/persistentvolumeclaim util.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { getWarningsForNodeSelectorTerm } from './node-label-warnings.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const annotations: readonly (readonly [key: string, why: string])[] = [
  [classAnnotation, 'deprecated since v1.8; use "storageClassName" attribute instead'],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
];
const gonePlugins = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;
const recycle =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

/** Warnings about a volume. */
export function getWarningsForPersistentVolume({ metadata, spec }: corev1.PersistentVolume): string[] {
  const warnings: string[] = [];
  for (const [key, why] of annotations) {
    if (metadata.annotations?.[key] !== undefined) {
      warnings.push(`${field.newPath('metadata', 'annotations').key(key)}: ${why}`);
    }
  }
  if (spec?.persistentVolumeReclaimPolicy === 'Recycle') {
    warnings.push(`spec.persistentVolumeReclaimPolicy: ${recycle}`);
  }
  const path = field.newPath('spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
  for (const [i, term] of (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries()) {
    warnings.push(...getWarningsForNodeSelectorTerm(path.index(i), term, false));
  }
  for (const [source, name, why] of gonePlugins) if (spec?.[source]) warnings.push(`spec.${name}: ${why}`);
  return warnings;
}

/** Warnings about a claim's spec; `path` is the spec's. */
export function getWarningsForPersistentVolumeClaimSpec(
  path: Path,
  spec: corev1.PersistentVolumeClaimSpec | undefined,
): string[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const quantity = parseQuantity(spec?.resources?.[list]?.['storage'] ?? '0');
    if (quantity.milliValue() % 1000 === 0) return [];
    const at = path.child('resources', list).key('storage');
    return [`${at}: fractional byte value ${quote(quantity.toString())} is invalid, must be an integer`];
  });
}

/** Warnings about a claim. */
export function getWarningsForPersistentVolumeClaim({ metadata, spec }: corev1.PersistentVolumeClaim): string[] {
  const warnings = getWarningsForPersistentVolumeClaimSpec(field.newPath('spec'), spec);
  if (metadata.annotations?.[classAnnotation] === undefined) return warnings;
  const path = field.newPath('metadata', 'annotations').key(classAnnotation);
  return [`${path}: deprecated since v1.8; use "storageClassName" attribute instead`, ...warnings];
}
