/** Rules of the storage group. Upstream: pkg/apis/storage/validation/validation.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import type * as storagev1 from '../../../../../api/storage/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { byteLength, isDNS1123Subdomain, isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { printedSelector, validateCounts, validateImmutable } from '../../apps/validation/field-rules.ts';
import {
  type Complaints,
  complain,
  complainAt,
  fieldImmutable,
  validateLabelName,
} from '../../core/validation/complaints.ts';
import { validateLabelSelector } from '../../core/validation/labels.ts';
import { validateNonnegativeQuantity } from '../../core/validation/resources.ts';
import { validateInlineVolumeSpec } from '../../core/validation/persistent-volume.ts';
import { validateCSIDriverName } from '../../core/validation/volume-sources.ts';

type Strings = Readonly<Record<string, string>>;

const specPath = field.newPath('spec');
const maxParameters = 512;
const maxBytes = 256 * 1024;

const sizeOf = (map: Strings = {}): number =>
  Object.entries(map).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);

function validateProvisioner(errors: Complaints, name: string, provisioner: string | undefined): void {
  const path = field.newPath(name);
  if (!provisioner) errors.push(field.required(path));
  else complainAt(errors, path, provisioner.toLowerCase(), isQualifiedName(provisioner.toLowerCase()));
}

function validateParameters(errors: Complaints, parameters: Strings = {}, allowEmpty: boolean): void {
  const path = field.newPath('parameters');
  const keys = Object.keys(parameters);
  if (keys.length > maxParameters) errors.push(field.tooLong(path, maxParameters));
  else {
    if (keys.includes('')) errors.push(field.invalid(path, '', 'field can not be empty.'));
    if (sizeOf(parameters) > maxBytes) errors.push(field.tooLong(path, maxBytes));
    if (!allowEmpty && keys.length === 0) {
      errors.push(field.required(path, 'must contain at least one key/value pair'));
    }
  }
}

function validateTopologyTerm(errors: Complaints, path: Path, term: corev1.TopologySelectorTerm): string {
  const seen = new Map<string, string[]>();
  for (const [i, { key, values }] of (term.matchLabelExpressions ?? []).entries()) {
    const at = path.child('matchLabelExpressions').index(i);
    const list: readonly string[] = values ?? [];
    if (list.length === 0) errors.push(field.required(at.child('values')));
    for (const [k, value] of list.entries()) {
      if (list.indexOf(value) < k) errors.push(field.duplicate(at.child('values').index(k), value));
    }
    validateLabelName(errors, at, 'key', key);
    if (seen.has(key)) errors.push(field.duplicate(at.child('key'), key));
    seen.set(key, [...list].sort());
  }
  return JSON.stringify([...seen].sort());
}

/** Complaints about a new storage class. */
export function validateStorageClass(object: storagev1.StorageClass): FieldError[] {
  const errors: Complaints = [];
  const { reclaimPolicy, volumeBindingMode: mode, allowedTopologies = [] } = object;
  validateProvisioner(errors, 'provisioner', object.provisioner);
  validateParameters(errors, object.parameters, true);
  const policies = ['Delete', 'Retain'];
  if (reclaimPolicy && !policies.includes(reclaimPolicy)) {
    errors.push(field.notSupported(field.newPath('reclaimPolicy'), reclaimPolicy, policies));
  }
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (mode === undefined) errors.push(field.required(field.newPath('volumeBindingMode')));
  else if (!modes.includes(mode)) errors.push(field.notSupported(field.newPath('volumeBindingMode'), mode, modes));
  // Upstream compares with one empty map per term too.
  const terms = new Set<string>(['[]']);
  for (const [i, term] of allowedTopologies.entries()) {
    const path = field.newPath('allowedTopologies').index(i);
    const text = validateTopologyTerm(errors, path, term);
    if (terms.has(text)) errors.push(field.duplicate(path.child('matchLabelExpressions'), ''));
    terms.add(text);
  }
  return errors;
}

/** Complaints about a change of a storage class. */
export function validateStorageClassUpdate(object: storagev1.StorageClass, old: storagev1.StorageClass): FieldError[] {
  const errors: Complaints = [];
  for (const name of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) {
    validateImmutable(errors, undefined, name, object, old);
  }
  return errors;
}

type Driver = storagev1.CSIDriver;

function validateTokenRequests(errors: Complaints, requests: readonly storagev1.TokenRequest[]): void {
  const audiences = new Set<string>();
  for (const [i, { audience, expirationSeconds: seconds = 3600 }] of requests.entries()) {
    const path = specPath.child('tokenRequests').index(i);
    if (audiences.has(audience)) errors.push(field.duplicate(path.child('audience'), audience));
    else {
      const wrong = (why: string): void => complain(errors, path, 'expirationSeconds', seconds, [why]);
      if (seconds < 600) wrong('may not specify a duration less than 10 minutes');
      if (seconds > 2 ** 32) wrong('may not specify a duration larger than 2^32 seconds');
    }
    audiences.add(audience);
  }
}

/** Complaints about a CSI driver, given what it was. */
export function validateCSIDriver({ spec = {} }: Driver, old?: Driver): FieldError[] {
  const errors: Complaints = [];
  const needs = (name: string, value: unknown): void => {
    if (value === undefined) errors.push(field.required(specPath.child(name)));
  };
  needs('attachedRequired', spec.attachRequired);
  needs('podInfoOnMount', spec.podInfoOnMount);
  needs('storageCapacity', spec.storageCapacity);
  const policies = ['File', 'None', 'ReadWriteOnceWithFSType'];
  const { fsGroupPolicy, tokenRequests = [], nodeAllocatableUpdatePeriodSeconds: period } = spec;
  if (fsGroupPolicy !== undefined && !policies.includes(fsGroupPolicy)) {
    errors.push(field.notSupported(specPath.child('fsGroupPolicy'), fsGroupPolicy, policies));
  }
  validateTokenRequests(errors, tokenRequests);
  const modes = ['Persistent', 'Ephemeral'];
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!modes.includes(mode)) errors.push(field.notSupported(specPath.child('volumeLifecycleModes'), mode, modes));
  }
  needs('seLinuxMount', spec.seLinuxMount);
  if (period !== undefined && period < 10) {
    const why = 'must be greater than or equal to 10 seconds';
    complain(errors, specPath, 'nodeAllocatableUpdatePeriodSeconds', period, [why]);
  }
  if (spec.serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0) {
    const why = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
    complain(errors, specPath, 'serviceAccountTokenInSecrets', spec.serviceAccountTokenInSecrets, [why]);
  }
  if (!old) return errors;
  if (spec.attachRequired !== old.spec?.attachRequired) {
    complain(errors, specPath, 'attachedRequired', spec.attachRequired, [fieldImmutable]);
  }
  validateImmutable(errors, specPath, 'volumeLifecycleModes', spec, old.spec);
  return errors;
}

/** A warning about tokens that may reach logs. Upstream: pkg/registry/storage/csidriver/strategy.go (v1.36) */
export function csiDriverWarnings({ spec }: Driver, old: Driver | undefined): string[] {
  const requests = spec.tokenRequests ?? [];
  if (requests.length === 0 || spec.serviceAccountTokenInSecrets !== undefined) return [];
  if (old && semanticDeepEqual(old.spec.tokenRequests, requests)) return [];
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ];
}

type Node = storagev1.CSINode;

/** Complaints about a CSINode, given what it was. */
export function validateCSINode({ spec }: Node, old?: Node): FieldError[] {
  const errors: Complaints = [];
  const drivers: readonly storagev1.CSINodeDriver[] = spec?.drivers ?? [];
  const names = new Set<string>();
  for (const [i, driver] of drivers.entries()) {
    const path = specPath.child('drivers').index(i);
    const { name, nodeID = '', allocatable } = driver;
    const topologyKeys: readonly string[] = driver.topologyKeys ?? [];
    validateCSIDriverName(errors, path.child('name'), name);
    if (nodeID === '') errors.push(field.required(path.child('nodeID')));
    if (byteLength(nodeID) > 256) complain(errors, path, 'nodeID', nodeID, ['must be 256 characters or less']);
    validateCounts(errors, path.child('allocatable'), allocatable, ['count']);
    if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    names.add(name);
    for (const [k, key] of topologyKeys.entries()) {
      if (key === '') errors.push(field.required(path));
      if (topologyKeys.indexOf(key) < k) errors.push(field.duplicate(path, key));
      complainAt(errors, path, key, isQualifiedName(key));
    }
  }
  for (const before of old?.spec?.drivers ?? []) {
    for (const driver of drivers) {
      const now = { ...driver, allocatable: undefined };
      if (driver.name !== before.name || semanticDeepEqual(now, { ...before, allocatable: undefined })) continue;
      const value = goValueOf('storage/v1.CSINodeDriver', now);
      errors.push(field.invalid(specPath.child('drivers'), value, fieldImmutable));
    }
  }
  return errors;
}

type Capacity = storagev1.CSIStorageCapacity;

/** Complaints about a new CSIStorageCapacity. */
export function validateCSIStorageCapacity(object: Capacity): FieldError[] {
  const errors: Complaints = [];
  const { nodeTopology, storageClassName: name = '', capacity } = object;
  validateLabelSelector(errors, field.newPath('nodeTopology'), nodeTopology);
  complainAt(errors, field.newPath('storageClassName'), name, isDNS1123Subdomain(name));
  if (capacity !== undefined) validateNonnegativeQuantity(errors, field.newPath('capacity'), parseQuantity(capacity));
  return errors;
}

/** Complaints about a change of a CSIStorageCapacity. */
export function validateCSIStorageCapacityUpdate(object: Capacity, old: Capacity): FieldError[] {
  const errors: Complaints = [];
  if (!semanticDeepEqual(object.nodeTopology, old.nodeTopology)) {
    errors.push(field.invalid(field.newPath('nodeTopology'), printedSelector(object.nodeTopology), fieldImmutable));
  }
  validateImmutable(errors, undefined, 'storageClassName', object, old);
  return errors;
}

type AttributesClass = storagev1.VolumeAttributesClass;

/** Complaints about a change of a class of volume attributes. */
export function validateVolumeAttributesClassUpdate(object: AttributesClass, old: AttributesClass): FieldError[] {
  return (['driverName', 'parameters'] as const)
    .filter((name) => !semanticDeepEqual(object[name], old[name]))
    .map((name) => field.forbidden(field.newPath(name), `updates to ${name} are forbidden.`));
}

/** Complaints about a class of volume attributes. */
export function validateVolumeAttributesClass(object: AttributesClass): FieldError[] {
  const errors: Complaints = [];
  validateProvisioner(errors, 'driverName', object.driverName);
  validateParameters(errors, object.parameters, false);
  return errors;
}

type Attachment = storagev1.VolumeAttachment;

/** Complaints about an attachment, given what it was. */
export function validateVolumeAttachment({ spec, status }: Attachment, old?: Attachment): FieldError[] {
  const errors: Complaints = [];
  if (!spec) return errors;
  const { inlineVolumeSpec, persistentVolumeName: name } = spec.source ?? {};
  const path = specPath.child('source');
  const nodeName = spec.nodeName ?? '';
  validateCSIDriverName(errors, specPath.child('attacher'), spec.attacher);
  const why = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (!inlineVolumeSpec && name === undefined) errors.push(field.required(path, why));
  else if (inlineVolumeSpec && name !== undefined) errors.push(field.forbidden(path, why));
  else if (name === '') {
    errors.push(field.required(path.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
  } else if (inlineVolumeSpec) validateInlineVolumeSpec(errors, path.child('inlineVolumeSpec'), inlineVolumeSpec);
  complain(errors, specPath, 'nodeName', nodeName, isDNS1123Subdomain(nodeName));
  const at = field.newPath('status');
  if (sizeOf(status?.attachmentMetadata) > maxBytes) {
    errors.push(field.tooLong(at.child('attachmentMetadata'), maxBytes));
  }
  for (const part of ['attachError', 'detachError'] as const) {
    const { message = '', errorCode = 0 } = status?.[part] ?? {};
    if (byteLength(message) > 1024) errors.push(field.tooLong(at.child(part, 'message'), maxBytes));
    if (errorCode >= 0) continue;
    complain(errors, at.child(part), 'errorCode', errorCode, ['must be between 0 and 2147483647, inclusive']);
  }
  if (name !== undefined) complain(errors, specPath, 'source.persistentVolumeName', name, isDNS1123Subdomain(name));
  if (old && !semanticDeepEqual(spec, old.spec)) {
    errors.push(field.invalid(specPath, goValueOf('storage/v1.VolumeAttachmentSpec', spec), fieldImmutable));
  }
  return errors;
}
