/** Rules of what a claim asks for, also in the templates of ephemeral volumes and StatefulSets. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { GoValue, type Path } from '../../../../../apimachinery/field-error.ts';
import type { ObjectMeta } from '../../../../../apimachinery/object-meta.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { validateAnnotations } from '../../../generic/object-meta-validation.ts';
import { type Complaints, complain, oneOf, require, validatePositiveQuantity } from './complaints.ts';
import { validateLabelMap, validateLabelSelector } from './labels.ts';
import { validateResourceQuantityValue } from './resources.ts';

/** Access modes, sorted. */
export const supportedAccessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
/** Volume modes, sorted. */
export const supportedVolumeModes = ['Block', 'Filesystem'];

/** Leniences of claims. */
export interface ClaimOptions {
  readonly allowInvalidLabelValueInSelector?: boolean;
  readonly allowInvalidAPIGroupInDataSourceOrRef?: boolean;
}

/** One pod at a time excludes the other modes. Gives nothing; for claims and volumes alike. */
export function validateAccessModes(errors: Complaints, parent: Path, modes: readonly string[]): void {
  const path = parent.child('accessModes');
  for (const mode of modes) {
    if (!supportedAccessModes.includes(mode)) errors.push(field.notSupported(path, mode, supportedAccessModes));
  }
  const known = modes.filter((mode) => supportedAccessModes.includes(mode));
  if (known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')) {
    errors.push(field.forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
}

function validateDataSource(
  errors: Complaints,
  path: Path,
  source: corev1.TypedObjectReference,
  lenient: boolean,
): void {
  const { kind = '', name, namespace } = source;
  const apiGroup = source.apiGroup ?? '';
  require(errors, path, 'name', name);
  require(errors, path, 'kind', kind);
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(field.invalid(path, kind, why));
  }
  if (apiGroup !== '' && !lenient) complain(errors, path, 'apiGroup', apiGroup, isDNS1123Subdomain(apiGroup));
  if (namespace) complain(errors, path, 'namespace', namespace, isDNS1123Label(namespace));
}

function validateDataSources(
  errors: Complaints,
  path: Path,
  spec: corev1.PersistentVolumeClaimSpec,
  lenient: boolean,
): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) validateDataSource(errors, path.child('dataSource'), dataSource, lenient);
  if (dataSourceRef) validateDataSource(errors, path.child('dataSourceRef'), dataSourceRef, lenient);
  if (!dataSource || !dataSourceRef) return;
  const same =
    (dataSource.apiGroup ?? null) === (dataSourceRef.apiGroup ?? null) &&
    dataSource.kind === dataSourceRef.kind &&
    dataSource.name === dataSourceRef.name;
  const why = dataSourceRef.namespace
    ? 'may not be specified when dataSourceRef.namespace is specified'
    : same
      ? undefined
      : 'must match dataSourceRef';
  if (why !== undefined) errors.push(field.invalid(path, new GoValue('{}'), why));
}

/** Complains about a claim's spec. Upstream: ValidatePersistentVolumeClaimSpec (v1.36) */
export function validatePersistentVolumeClaimSpec(
  errors: Complaints,
  path: Path,
  spec: corev1.PersistentVolumeClaimSpec,
  options: ClaimOptions = {},
): void {
  const modes: readonly string[] = spec.accessModes ?? [];
  if (modes.length === 0) {
    errors.push(field.required(path.child('accessModes'), 'at least 1 access mode is required'));
  }
  validateLabelSelector(errors, path.child('selector'), spec.selector, {
    allowInvalidLabelValue: options.allowInvalidLabelValueInSelector === true,
  });
  validateAccessModes(errors, path, modes);
  const storage = spec.resources?.requests?.['storage'];
  const at = path.child('resources').key('storage');
  if (storage === undefined) errors.push(field.required(at));
  else if (validatePositiveQuantity(errors, at, storage)) {
    validateResourceQuantityValue(errors, at, 'storage', parseQuantity(storage));
  }
  const { storageClassName, volumeMode, volumeAttributesClassName } = spec;
  if (storageClassName)
    complain(errors, path, 'storageClassName', storageClassName, isDNS1123Subdomain(storageClassName));
  if (volumeMode !== undefined) oneOf(errors, path, 'volumeMode', volumeMode, supportedVolumeModes);
  validateDataSources(errors, path, spec, options.allowInvalidAPIGroupInDataSourceOrRef === true);
  if (volumeAttributesClassName) {
    const messages = isDNS1123Subdomain(volumeAttributesClassName);
    complain(errors, path, 'volumeAttributesClassName', volumeAttributesClassName, messages);
  }
}

/** Complains about metadata of a template whose objects get nothing but labels and annotations. Upstream: ValidateTemplateObjectMeta */
export function validateTemplateObjectMeta(errors: Complaints, path: Path, meta: ObjectMeta | undefined): void {
  if (!meta) return;
  if (meta.annotations) errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  if (meta.labels) validateLabelMap(errors, path.child('labels'), meta.labels);
  for (const name of templateMetaFields) {
    const value = meta[name];
    if (value === undefined || value === '' || value === 0) continue;
    errors.push(field.forbidden(path.child(name), 'cannot be set'));
  }
}

const templateMetaFields = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** Complains about the claim an ephemeral volume makes. Upstream: ValidatePersistentVolumeClaimTemplate (v1.36) */
export function validatePersistentVolumeClaimTemplate(
  errors: Complaints,
  path: Path,
  template: corev1.PersistentVolumeClaimTemplate,
): void {
  validateTemplateObjectMeta(errors, path.child('metadata'), template.metadata);
  validatePersistentVolumeClaimSpec(
    errors,
    path.child('spec'),
    template.spec ?? ({} as corev1.PersistentVolumeClaimSpec),
  );
}
