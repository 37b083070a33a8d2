/** Rules of PersistentVolumes. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { type FieldError, GoValue, type Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { byteLength, isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { supportedVolumeModes, validateAccessModes } from './claim-spec.ts';
import {
  type Complaints,
  complain,
  fieldImmutable,
  oneOf,
  require,
  sortedKeys,
  validatePositiveQuantity,
} from './complaints.ts';
import { hasInvalidLabelValueInNodeSelector, validateNodeSelector } from './node-selector.ts';
import { validatePathNoBacksteps } from './paths.ts';
import { validateBasicResource } from './resources.ts';
import { specDiff } from './spec-diff.ts';
import * as sources from './volume-sources.ts';

type Spec = corev1.PersistentVolumeSpec;
type SourceName =
  | 'hostPath'
  | 'gcePersistentDisk'
  | 'awsElasticBlockStore'
  | 'glusterfs'
  | 'flocker'
  | 'nfs'
  | 'rbd'
  | 'quobyte'
  | 'cephfs'
  | 'iscsi'
  | 'cinder'
  | 'fc'
  | 'flexVolume'
  | 'azureFile'
  | 'vsphereVolume'
  | 'photonPersistentDisk'
  | 'portworxVolume'
  | 'azureDisk'
  | 'scaleIO'
  | 'local'
  | 'storageos'
  | 'csi';
type Rules = {
  readonly [K in SourceName]: (
    errors: Complaints,
    path: Path,
    source: NonNullable<Spec[K]>,
    volume: corev1.PersistentVolume,
  ) => void;
};

const specPath = field.newPath('spec');
const emptySpec: Spec = Object.freeze({});
const mountOptions = 'volume.beta.kubernetes.io/mount-options';
const iscsiNameTooLong =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

function requireReference(errors: Complaints, path: Path, ref: corev1.SecretReference | undefined): void {
  if (!ref) return;
  const at = path.child('secretRef');
  require(errors, at, 'name', ref.name);
  require(errors, at, 'namespace', ref.namespace);
}

function validateSecretReference(errors: Complaints, path: Path, ref: corev1.SecretReference | undefined): void {
  if (!ref) return;
  const { name = '', namespace = '' } = ref;
  if (require(errors, path, 'name', name)) complain(errors, path, 'name', name, isDNS1123Subdomain(name));
  if (require(errors, path, 'namespace', namespace)) {
    complain(errors, path, 'namespace', namespace, isDNS1123Label(namespace));
  }
}

/** In upstream's order. */
const rules: Rules = {
  hostPath: sources.validateHostPath,
  gcePersistentDisk: sources.validateGCEPersistentDisk,
  awsElasticBlockStore: sources.validateAWSElasticBlockStore,
  glusterfs(errors, path, source) {
    sources.validateGlusterfs(errors, path, source);
    const namespace = source.endpointsNamespace;
    if (namespace === undefined) return;
    const empty = 'if the endpointnamespace is set, it must be a valid namespace name';
    const messages = namespace === '' ? [empty] : isDNS1123Label(namespace);
    complain(errors, path, 'endpointsNamespace', namespace, messages);
  },
  flocker: sources.validateFlocker,
  nfs: sources.validateNFS,
  rbd: sources.validateRBD,
  quobyte: sources.validateQuobyte,
  cephfs: sources.validateCephFS,
  iscsi(errors, path, source, { metadata }) {
    sources.validateISCSI(errors, path, source, false, () => {
      const text = `${metadata.name}:${source.targetPortal}`;
      if (source.initiatorName === undefined || byteLength(text) <= 64) return;
      complain(errors, path, 'targetportal', source.targetPortal, [iscsiNameTooLong]);
    });
  },
  cinder(errors, path, { volumeID, secretRef }) {
    require(errors, path, 'volumeID', volumeID);
    requireReference(errors, path, secretRef);
  },
  fc: sources.validateFC,
  flexVolume: sources.validateFlexVolume,
  azureFile(errors, path, source) {
    sources.validateAzureFile(errors, path, source);
    if (source.secretNamespace === '') errors.push(field.required(path.child('secretNamespace')));
  },
  vsphereVolume(errors, path, { volumePath }) {
    require(errors, path, 'volumePath', volumePath);
  },
  photonPersistentDisk(errors, path, { pdID }) {
    require(errors, path, 'pdID', pdID);
  },
  portworxVolume(errors, path, { volumeID }) {
    require(errors, path, 'volumeID', volumeID);
  },
  azureDisk: sources.validateAzureDisk,
  scaleIO: sources.validateScaleIO,
  local(errors, path, source, { spec }) {
    if (require(errors, path, 'path', source.path)) validatePathNoBacksteps(errors, path, 'path', source.path);
    if (!spec?.nodeAffinity) {
      errors.push(field.required(specPath.child('nodeAffinity'), 'Local volume requires node affinity'));
    }
  },
  storageos(errors, path, source) {
    sources.validateStorageOS(errors, path, source);
    requireReference(errors, path, source.secretRef);
  },
  csi(errors, path, source) {
    sources.validateCSIDriverName(errors, path.child('driver'), source.driver);
    require(errors, path, 'volumeHandle', source.volumeHandle);
    for (const name of csiSecrets) validateSecretReference(errors, path.child(name), source[name]);
  },
};

const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;
const sourceNames = Object.keys(rules) as readonly SourceName[];
const pathNames: Readonly<Partial<Record<SourceName, string>>> = { gcePersistentDisk: 'persistentDisk' };
const extraPathNames: Readonly<Partial<Record<SourceName, string>>> = { cephfs: 'cephFS' };

function validateSource<K extends SourceName>(
  errors: Complaints,
  at: Path,
  name: K,
  volume: corev1.PersistentVolume,
): void {
  const source = volume.spec?.[name];
  if (source) rules[name](errors, at.child(pathNames[name] ?? name), source, volume);
}

function validateSources(errors: Complaints, at: Path, volume: corev1.PersistentVolume): void {
  let found = false;
  for (const name of sourceNames) {
    if (volume.spec?.[name] === undefined) continue;
    if (found && name !== 'flexVolume') {
      const path = at.child(extraPathNames[name] ?? name);
      errors.push(field.forbidden(path, 'may not specify more than 1 volume type'));
    } else validateSource(errors, at, name, volume);
    found = true;
  }
  if (!found) errors.push(field.required(at, 'must specify a volume type'));
}

function shownCapacity(capacity: Spec['capacity']): GoValue {
  if (capacity === undefined) return new GoValue('null');
  const members = sortedKeys(capacity).map((name) => `"${name}":"${parseQuantity(capacity[name] ?? '0')}"`);
  return new GoValue(`{${members.join(',')}}`);
}

function validateCapacity(errors: Complaints, capacity: Spec['capacity']): void {
  const names = sortedKeys(capacity);
  const path = specPath.child('capacity');
  if (names.length === 0) errors.push(field.required(path));
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(field.notSupported(path, shownCapacity(capacity), ['storage']));
  }
  for (const name of names) {
    validateBasicResource(errors, path.key(name), parseQuantity(capacity?.[name] ?? '0'));
    validatePositiveQuantity(errors, path.key(name), capacity?.[name] ?? '0');
  }
}

function validateNodeAffinity(errors: Complaints, at: Path, spec: Spec, old: Spec | undefined): void {
  if (!spec.nodeAffinity) return;
  const path = at.child('nodeAffinity', 'required');
  const { required } = spec.nodeAffinity;
  if (!required) errors.push(field.required(path, 'must specify required node constraints'));
  else validateNodeSelector(errors, path, required, hasInvalidLabelValueInNodeSelector(old?.nodeAffinity?.required));
}

function validateClass(errors: Complaints, at: Path, spec: Spec): void {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return;
  if (require(errors, at, 'volumeAttributesClassName', name, 'an empty string is disallowed')) {
    complain(errors, at, 'volumeAttributesClassName', name, isDNS1123Subdomain(name));
  }
  if (!spec.csi) {
    errors.push(field.required(at.child('csi'), 'has to be specified when using volumeAttributesClassName'));
  }
}

/** Whether a path means the root: `/`, `//`, `/./`. */
const isRoot = (path: string): boolean =>
  path.startsWith('/') && path.split('/').every((part) => part === '' || part === '.' || part === '..');

/** Complaints about a volume, given what it was. Upstream: ValidatePersistentVolume (v1.36) */
export function validatePersistentVolume(volume: corev1.PersistentVolume, old?: corev1.PersistentVolume): FieldError[] {
  const errors: Complaints = [];
  const { spec = emptySpec, metadata } = volume;
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, storageClassName, volumeMode } = spec;
  if (accessModes.length === 0) errors.push(field.required(specPath.child('accessModes')));
  validateAccessModes(errors, specPath, accessModes);
  validateCapacity(errors, spec.capacity);
  if (policy) oneOf(errors, specPath, 'persistentVolumeReclaimPolicy', policy, ['Delete', 'Recycle', 'Retain']);
  validateNodeAffinity(errors, specPath, spec, old?.spec);
  validateSources(errors, specPath, volume);
  if (policy === 'Recycle' && spec.hostPath && isRoot(spec.hostPath.path)) {
    const path = specPath.child('persistentVolumeReclaimPolicy');
    errors.push(field.forbidden(path, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (storageClassName) {
    complain(errors, specPath, 'storageClassName', storageClassName, isDNS1123Subdomain(storageClassName));
  }
  if (volumeMode !== undefined) oneOf(errors, specPath, 'volumeMode', volumeMode, supportedVolumeModes);
  validateClass(errors, specPath, spec);
  if (metadata.annotations?.[mountOptions] !== undefined && !takesMountOptions(spec)) {
    const path = field.newPath('metadata', 'annotations', mountOptions);
    errors.push(field.forbidden(path, 'may not specify mount options for this volume type'));
  }
  return errors;
}

const inline = 'in the context of inline volumes';

/** Complaints about the spec of a volume that stands in an attachment. Upstream: ValidatePersistentVolumeSpec (v1.36) */
export function validateInlineVolumeSpec(errors: Complaints, at: Path, spec: Spec): void {
  const forbid = (name: string, why: string): void =>
    void errors.push(field.forbidden(at.child(name), `${why} ${inline}`));
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, storageClassName, volumeMode } = spec;
  if (spec.claimRef) forbid('claimRef', 'may not be specified');
  if (Object.keys(spec.capacity ?? {}).length > 0) forbid('capacity', 'may not be specified');
  if (!spec.csi) errors.push(field.required(at.child('csi'), `has to be specified ${inline}`));
  if (accessModes.length === 0) errors.push(field.required(at.child('accessModes')));
  validateAccessModes(errors, at, accessModes);
  if (policy && policy !== 'Retain') forbid('persistentVolumeReclaimPolicy', 'may only be Retain');
  validateNodeAffinity(errors, at, spec, undefined);
  validateSources(errors, at, { metadata: {}, spec });
  if (storageClassName) forbid('storageClassName', 'may not be specified');
  if (volumeMode !== undefined && volumeMode !== 'Filesystem') {
    forbid('volumeMode', 'may not specify volumeMode other than Filesystem');
  }
  validateClass(errors, at, spec);
}

const mountOptionSources = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
] as const;

const takesMountOptions = (spec: Spec): boolean => mountOptionSources.some((name) => spec[name] !== undefined);

/** Members of the spec that are not its source, under their Go names. */
const notSource: ReadonlySet<string> = new Set([
  'Capacity',
  'AccessModes',
  'PersistentVolumeReclaimPolicy',
  'ClaimRef',
  'StorageClassName',
  'MountOptions',
  'VolumeMode',
  'NodeAffinity',
  'VolumeAttributesClassName',
]);

function sourceOf(spec: Spec): Partial<Spec> {
  return Object.fromEntries(sourceNames.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}

/** A secret for expansion may be named once. */
function withoutNewExpandSecret(source: Partial<Spec>, old: Spec): Partial<Spec> {
  if (!old.csi || old.csi.controllerExpandSecretRef || !source.csi?.controllerExpandSecretRef) return source;
  const { controllerExpandSecretRef: _, ...csi } = source.csi;
  return { ...source, csi };
}

const betaToGALabel: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** Affinity with the names beta labels have now, where the new one uses them. */
function upgradedAffinity(
  old: corev1.VolumeNodeAffinity,
  now: corev1.VolumeNodeAffinity | undefined,
): corev1.VolumeNodeAffinity {
  const terms = old.required?.nodeSelectorTerms.map((term, i) => ({
    ...term,
    matchExpressions: (term.matchExpressions ?? []).map((requirement, j) => {
      const counterpart = now?.required?.nodeSelectorTerms?.[i]?.matchExpressions?.[j];
      // Upstream takes what the table does not know for the empty key, which then may replace any.
      const isUpgrade = counterpart && (betaToGALabel[requirement.key] ?? '') === (counterpart.key ?? '');
      return isUpgrade ? { ...requirement, key: counterpart.key } : requirement;
    }),
  }));
  return terms ? { required: { nodeSelectorTerms: terms } } : old;
}

/** Complaints about a change, beyond those about the new state. Upstream: ValidatePersistentVolumeUpdate (v1.36) */
export function validatePersistentVolumeUpdate(
  volume: corev1.PersistentVolume,
  old: corev1.PersistentVolume,
): FieldError[] {
  const errors: Complaints = [...validatePersistentVolume(volume, old)];
  const { spec = emptySpec } = volume;
  const before = old.spec ?? emptySpec;
  const [now, was] = [withoutNewExpandSecret(sourceOf(spec), before), sourceOf(before)];
  if (!semanticDeepEqual(now, was)) {
    const why = `spec.persistentvolumesource is immutable after creation\n${specDiff('core/v1.PersistentVolumeSpec', was, now, notSource)}`;
    errors.push(field.forbidden(specPath.child('persistentvolumesource'), why));
  }
  if (spec.volumeMode !== before.volumeMode) {
    errors.push(field.invalid(field.newPath('volumeMode'), spec.volumeMode ?? null, fieldImmutable));
  }
  if (
    before.nodeAffinity &&
    !semanticDeepEqual(spec.nodeAffinity, upgradedAffinity(before.nodeAffinity, spec.nodeAffinity))
  ) {
    const value = spec.nodeAffinity ? goValueOf('core/v1.VolumeNodeAffinity', spec.nodeAffinity) : null;
    const why = `${fieldImmutable}, except for updating from beta label to GA`;
    errors.push(field.invalid(field.newPath('nodeAffinity'), value, why));
  }
  if (before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    const path = specPath.child('volumeAttributesClassName');
    errors.push(field.forbidden(path, 'update from non-nil value to nil is forbidden'));
  }
  return errors;
}
