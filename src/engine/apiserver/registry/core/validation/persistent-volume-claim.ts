/** Rules of PersistentVolumeClaims. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type ClaimOptions, validatePersistentVolumeClaimSpec } from './claim-spec.ts';
import { type Complaints, complainAt, fieldImmutable, sortedKeys } from './complaints.ts';
import { validateLabelSelector } from './labels.ts';
import { isNativeResource } from './resource-names.ts';
import { validateBasicResource, validateResourceQuantityValue } from './resources.ts';
import { specDiff } from './spec-diff.ts';

type Claim = corev1.PersistentVolumeClaim;
type Spec = corev1.PersistentVolumeClaimSpec;

const specPath = field.newPath('spec');
const emptySpec: Spec = Object.freeze({});
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

function optionsFor(old: Claim): ClaimOptions {
  const selector: Complaints = [];
  validateLabelSelector(selector, specPath, old.spec?.selector);
  return {
    allowInvalidLabelValueInSelector: selector.length > 0,
    allowInvalidAPIGroupInDataSourceOrRef:
      (old.spec?.dataSource?.apiGroup ?? old.spec?.dataSourceRef?.apiGroup ?? null) !== null,
  };
}

/** Complaints about a new claim. Upstream: ValidatePersistentVolumeClaim (v1.36) */
export function validatePersistentVolumeClaim({ spec = emptySpec }: Claim): FieldError[] {
  const errors: Complaints = [];
  validatePersistentVolumeClaimSpec(errors, specPath, spec);
  return errors;
}

/** The class moved from the annotation into the field. Upstream: validateStorageClassUpgradeFromAnnotation */
function isClassMovedFromAnnotation(claim: Claim, old: Claim): boolean {
  const before = old.metadata.annotations?.[classAnnotation];
  const now = claim.metadata.annotations?.[classAnnotation];
  return (
    before !== undefined &&
    old.spec?.storageClassName === undefined &&
    claim.spec?.storageClassName === before &&
    (now === undefined || now === before)
  );
}

/** The class was set where there was none. Upstream: validateStorageClassUpgradeFromNil */
function isClassSetFirst(claim: Claim, old: Claim): boolean {
  const annotation = old.metadata.annotations?.[classAnnotation];
  const name = claim.spec?.storageClassName;
  return (
    name !== undefined && old.spec?.storageClassName === undefined && (annotation === undefined || annotation === name)
  );
}

/** The specs as they are compared: without what may change. */
function comparable(claim: Claim, old: Claim, moved: boolean): readonly [now: Spec, before: Spec] {
  let now = claim.spec ?? emptySpec;
  let before = old.spec ?? emptySpec;
  if (!before.volumeName && now.volumeName) before = { ...before, volumeName: now.volumeName };
  if (moved) {
    const { storageClassName: _, ...rest } = now;
    now = rest;
  } else if (isClassSetFirst(claim, old)) {
    const { storageClassName: _, ...rest } = now;
    now = before.storageClassName === undefined ? rest : { ...rest, storageClassName: before.storageClassName };
  }
  if (claim.status?.phase !== 'Bound') return [now, before];
  if (now.resources?.requests) {
    const storage = before.resources?.requests?.['storage'] ?? '0';
    now = { ...now, resources: { ...now.resources, requests: { ...now.resources.requests, storage } } };
  }
  const { volumeAttributesClassName: _, ...rest } = now;
  const name = before.volumeAttributesClassName;
  return [name === undefined ? rest : { ...rest, volumeAttributesClassName: name }, before];
}

function checkSize(errors: Complaints, claim: Claim, old: Claim): void {
  const size = (amounts: Readonly<Record<string, string>> | undefined) => parseQuantity(amounts?.['storage'] ?? '0');
  const now = size(claim.spec?.resources?.requests);
  if (now.cmp(size(old.spec?.resources?.requests)) >= 0 || now.cmp(size(old.status?.capacity)) > 0) return;
  const path = specPath.child('resources', 'requests', 'storage');
  errors.push(field.forbidden(path, 'field can not be less than status.capacity'));
}

function checkAttributesClass(errors: Complaints, claim: Claim, old: Claim): void {
  const name = claim.spec?.volumeAttributesClassName;
  if (name === old.spec?.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined)
    return;
  if (name !== undefined && name !== '') return;
  const to = name === undefined ? 'nil' : 'empty string';
  const why = `update to ${to} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  errors.push(field.forbidden(specPath.child('volumeAttributesClassName'), why));
}

/** Complaints about a change. Upstream: ValidatePersistentVolumeClaimUpdate (v1.36) */
export function validatePersistentVolumeClaimUpdate(claim: Claim, old: Claim): FieldError[] {
  const errors: Complaints = [];
  const { spec = emptySpec } = claim;
  validatePersistentVolumeClaimSpec(errors, specPath, spec, optionsFor(old));
  const moved = isClassMovedFromAnnotation(claim, old);
  const annotation = claim.metadata.annotations?.[classAnnotation] ?? '';
  if (!moved && annotation !== (old.metadata.annotations?.[classAnnotation] ?? '')) {
    errors.push(field.invalid(field.newPath('metadata', 'annotations', classAnnotation), annotation, fieldImmutable));
  }
  const [now, before] = comparable(claim, old, moved);
  if (!semanticDeepEqual(now, before)) {
    const why =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(field.forbidden(specPath, `${why}\n${specDiff('core/v1.PersistentVolumeClaimSpec', before, now)}`));
  }
  checkSize(errors, claim, old);
  if (spec.volumeMode !== old.spec?.volumeMode) {
    errors.push(field.invalid(field.newPath('volumeMode'), spec.volumeMode ?? null, fieldImmutable));
  }
  checkAttributesClass(errors, claim, old);
  return errors;
}

function checkResourceKey(errors: Complaints, path: Path, key: string): boolean {
  const before = errors.length;
  complainAt(errors, path, key, isQualifiedName(key));
  if (errors.length === before && isNativeResource(key) && key !== 'storage') {
    errors.push(field.notSupported(path, key, ['storage']));
  }
  return errors.length === before;
}

/** Complaints about a status. Upstream: ValidatePersistentVolumeClaimStatusUpdate (v1.36) */
export function validatePersistentVolumeClaimStatusUpdate({ spec, status }: Claim): FieldError[] {
  const errors: Complaints = [];
  if ((spec?.accessModes ?? []).length === 0) errors.push(field.required(field.newPath('Spec', 'accessModes')));
  const capacity = status?.capacity;
  for (const name of sortedKeys(capacity)) {
    const quantity = parseQuantity(capacity?.[name] ?? '0');
    validateBasicResource(errors, field.newPath('status', 'capacity').key(name), quantity);
  }
  const statesPath = field.newPath('status', 'allocatedResourceStatuses');
  for (const name of sortedKeys(status?.allocatedResourceStatuses)) {
    checkResourceKey(errors, statesPath, name);
    const state: string = status?.allocatedResourceStatuses?.[name] ?? '';
    if (!resizeStates.includes(state)) errors.push(field.notSupported(statesPath, name, resizeStates));
  }
  const path = field.newPath('status', 'allocatedResources');
  for (const name of sortedKeys(status?.allocatedResources)) {
    if (!checkResourceKey(errors, path, name)) continue;
    const quantity = parseQuantity(status?.allocatedResources?.[name] ?? '0');
    if (validateBasicResource(errors, path.key(name), quantity)) {
      validateResourceQuantityValue(errors, path.key(name), 'storage', quantity);
    }
  }
  return errors;
}
