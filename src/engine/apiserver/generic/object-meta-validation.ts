/**
 * The rules of metadata, for every kind alike.
 * Upstream: apimachinery/pkg/api/validation/objectmeta.go (v1.36)
 */
import * as field from '../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../apimachinery/field-error.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { ObjectMeta, OwnerReference } from '../../../apimachinery/object-meta.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { isDNS1123Label, isQualifiedName, isValidLabelValue } from '../../../apimachinery/validation.ts';

const totalAnnotationSizeLimit = 256 * 1024;

/** Complaints about a name or, with `prefix`, about a generateName. */
export type NameCheck = (name: string, prefix: boolean) => readonly string[];

/** Checks the metadata of a new object. */
export function validateObjectMeta(
  meta: ObjectMeta,
  namespaced: boolean,
  checkName: NameCheck,
  path: Path = field.newPath('metadata'),
): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName) {
    for (const why of checkName(meta.generateName, true)) {
      errors.push(field.invalid(path.child('generateName'), meta.generateName, why));
    }
  }
  if (!meta.name) errors.push(field.required(path.child('name'), 'name or generateName is required'));
  else for (const why of checkName(meta.name, false)) errors.push(field.invalid(path.child('name'), meta.name, why));
  if (!namespaced) {
    if (meta.namespace) errors.push(field.forbidden(path.child('namespace'), 'not allowed on this type'));
  } else if (!meta.namespace) errors.push(field.required(path.child('namespace')));
  else {
    for (const why of isDNS1123Label(meta.namespace)) {
      errors.push(field.invalid(path.child('namespace'), meta.namespace, why));
    }
  }
  return [...errors, ...validateGenericMeta(meta, path)];
}

function validateGenericMeta(meta: ObjectMeta, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generation !== undefined && meta.generation < 0) {
    errors.push(field.invalid(path.child('generation'), meta.generation, 'must be greater than or equal to 0'));
  }
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')));
  errors.push(...validateFinalizers(meta.finalizers ?? [], path.child('finalizers')));
  return [...errors, ...validateManagedFields(meta, path.child('managedFields'))];
}

/** Checks labels. Upstream: apis/meta/v1/validation ValidateLabels (v1.36) */
export function validateLabels(labels: ObjectMeta['labels'], path: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels ?? {}).sort()) {
    const value = labels?.[key] ?? '';
    for (const why of isQualifiedName(key)) errors.push(field.invalid(path, key, why));
    for (const why of isValidLabelValue(value)) errors.push(field.invalid(path, value, why));
  }
  return errors;
}

/** Checks annotations. */
export function validateAnnotations(annotations: ObjectMeta['annotations'], path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (annotations === undefined) return errors;
  let size = 0;
  const encoder = new TextEncoder();
  for (const key of Object.keys(annotations ?? {}).sort()) {
    for (const why of isQualifiedName(key.toLowerCase())) errors.push(field.invalid(path, key, why));
    size += encoder.encode(key).length + encoder.encode(annotations?.[key] ?? '').length;
  }
  if (size > totalAnnotationSizeLimit) errors.push(field.tooLong(path, totalAnnotationSizeLimit));
  return errors;
}

function validateOwnerReference(ref: OwnerReference, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (!parseGroupVersion(ref.apiVersion ?? '')?.version)
    errors.push(field.invalid(path.child('apiVersion'), ref.apiVersion ?? '', 'version must not be empty'));
  if (!ref.kind) errors.push(field.invalid(path.child('kind'), '', 'must not be empty'));
  if (!ref.name) errors.push(field.invalid(path.child('name'), '', 'must not be empty'));
  if (!ref.uid) errors.push(field.invalid(path.child('uid'), '', 'must not be empty'));
  if (ref.apiVersion === 'v1' && ref.kind === 'Event') {
    errors.push(field.invalid(path, ref, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

function validateOwnerReferences(refs: readonly OwnerReference[], path: Path): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const ref of refs) {
    errors.push(...validateOwnerReference(ref, path));
    if (ref.controller !== true) continue;
    const name = `${ref.kind}/${ref.name}`;
    if (controller === '') controller = name;
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(field.invalid(path, refs, why));
    }
  }
  return errors;
}

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Checks finalizers' names. Upstream: ValidateFinalizers and ValidateFinalizerName (v1.36) */
export function validateFinalizers(finalizers: readonly string[], path: Path): FieldError[] {
  const errors: FieldError[] = [];
  let orphan = false;
  let foreground = false;
  for (const finalizer of finalizers) {
    errors.push(...validateFinalizerName(finalizer, path));
    orphan ||= finalizer === 'orphan';
    foreground ||= finalizer === 'foregroundDeletion';
  }
  if (orphan && foreground) {
    errors.push(field.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function validateFinalizerName(finalizer: string, path: Path): FieldError[] {
  return isQualifiedName(finalizer).map((why) => field.invalid(path, finalizer, why));
}

/** Without a domain a finalizer must be one of Kubernetes' own. Upstream: core validateKubeFinalizerName (v1.36) */
export function validateKubeFinalizers({ finalizers = [] }: ObjectMeta): FieldError[] {
  if (finalizers.length === 0) return [];
  const path = field.newPath('metadata');
  const neither = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizers.flatMap((name, i) =>
    name.includes('/') || standardFinalizers.has(name)
      ? []
      : [field.invalid(path.child('finalizers').index(i), name, neither)],
  );
}

function validateManagedFields(meta: ObjectMeta, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, entry] of (meta.managedFields ?? []).entries()) {
    const at = path.index(index);
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(field.invalid(at.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      errors.push(field.invalid(at.child('fieldsType'), entry.fieldsType, 'must be `FieldsV1`'));
    }
    errors.push(...validateFieldManager(entry.manager ?? '', at.child('manager')));
  }
  return errors;
}

/** Checks the name of a field manager. */
export function validateFieldManager(manager: string, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  if ([...manager].length > 128) errors.push(field.tooLong(path, 128));
  for (const [index, character] of [...manager].entries()) {
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) continue;
    errors.push(
      field.invalid(
        path,
        manager,
        `invalid character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} (at position ${index})`,
      ),
    );
  }
  return errors;
}

const immutable = 'field is immutable';

/** Checks a change of metadata. The draft has taken over what cannot change (uid when absent, creationTimestamp …). */
export function validateObjectMetaUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  path: Path = field.newPath('metadata'),
): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) {
    const had = new Set(old.finalizers ?? []);
    const extra = (meta.finalizers ?? []).filter((name) => !had.has(name));
    if (extra.length > 0) {
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map((name) => JSON.stringify(name)).join(', ')}}`;
      errors.push(field.forbidden(path.child('finalizers'), detail));
    }
  }
  if (!meta.resourceVersion) {
    errors.push(
      field.invalid(path.child('resourceVersion'), meta.resourceVersion ?? '', 'must be specified for an update'),
    );
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(field.invalid(path.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  }
  errors.push(...immutableMeta(meta, old, path));
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences ?? [], path.child('ownerReferences')));
  errors.push(...validateManagedFields(meta, path.child('managedFields')));
  return errors;
}

function immutableMeta(meta: ObjectMeta, old: ObjectMeta, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  const keys = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const;
  for (const key of keys) {
    const isTime = key === 'creationTimestamp' || key === 'deletionTimestamp';
    const empty = isTime || key === 'deletionGracePeriodSeconds' ? null : '';
    if (!deepEqual(meta[key], old[key])) errors.push(field.invalid(path.child(key), meta[key] ?? empty, immutable));
  }
  return errors;
}
