/** Rules of a pod's volumes. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { byteLength, isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { validatePersistentVolumeClaimTemplate } from './claim-spec.ts';
import { type Complaints, complain, require, requiredOneOf } from './complaints.ts';
import type { VolumesByName } from './mounts.ts';
import type { PodValidationOptions } from './pod-options.ts';
import { validateDownwardAPI, validateFileMode, validateItems, validateProjected } from './projected-volume.ts';
import * as sources from './volume-sources.ts';

/** Image pull policies, sorted. */
export const supportedPullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** What the rule of a volume's source is given. */
interface SourceScope {
  readonly volume: corev1.Volume;
  /** Path of the volume. */
  readonly at: Path;
  readonly podName: string | undefined;
  readonly options: PodValidationOptions;
}

type Rule<T> = (errors: Complaints, path: Path, source: T, scope: SourceScope) => void;
type SourceName = Exclude<keyof corev1.Volume, 'name'>;
type Rules = { readonly [K in SourceName]: Rule<NonNullable<corev1.Volume[K]>> };

const iscsiNameTooLong =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

/** In upstream's order. */
const rules: Rules = {
  emptyDir(errors, path, { sizeLimit }) {
    if (sizeLimit !== undefined && parseQuantity(sizeLimit).sign < 0) {
      errors.push(field.forbidden(path.child('sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
    }
  },
  hostPath: sources.validateHostPath,
  gitRepo: sources.validateGitRepo,
  gcePersistentDisk: sources.validateGCEPersistentDisk,
  awsElasticBlockStore: sources.validateAWSElasticBlockStore,
  secret(errors, path, source) {
    require(errors, path, 'secretName', source.secretName);
    validateFileMode(errors, path, 'defaultMode', source.defaultMode);
    validateItems(errors, path, source.items);
  },
  nfs: sources.validateNFS,
  iscsi(errors, path, source, { volume, at }) {
    sources.validateISCSI(errors, path, source, true, () => {
      if (source.initiatorName === undefined || byteLength(`${volume.name}:${source.targetPortal}`) <= 64) return;
      complain(errors, at, 'name', volume.name, [iscsiNameTooLong]);
    });
  },
  glusterfs: sources.validateGlusterfs,
  flocker: sources.validateFlocker,
  persistentVolumeClaim(errors, path, { claimName }) {
    require(errors, path, 'claimName', claimName);
  },
  rbd: sources.validateRBD,
  cinder(errors, path, { volumeID, secretRef }) {
    require(errors, path, 'volumeID', volumeID);
    if (secretRef) require(errors, path.child('secretRef'), 'name', secretRef.name);
  },
  cephfs: sources.validateCephFS,
  quobyte: sources.validateQuobyte,
  downwardAPI: validateDownwardAPI,
  fc: sources.validateFC,
  flexVolume: sources.validateFlexVolume,
  configMap(errors, path, source) {
    require(errors, path, 'name', source.name);
    validateFileMode(errors, path, 'defaultMode', source.defaultMode);
    validateItems(errors, path, source.items);
  },
  azureFile: sources.validateAzureFile,
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
  storageos(errors, path, source) {
    sources.validateStorageOS(errors, path, source);
    if (source.secretRef) require(errors, path.child('secretRef'), 'name', source.secretRef.name);
  },
  projected(errors, path, source, { options }) {
    validateProjected(errors, path, source, options.allowNonLocalProjectedTokenPath === true);
  },
  scaleIO: sources.validateScaleIO,
  csi(errors, path, { driver, nodePublishSecretRef: secret }) {
    sources.validateCSIDriverName(errors, path.child('driver'), driver);
    if (!secret) return;
    if (require(errors, path.child('nodePublishSecretRef'), 'name', secret.name)) {
      complain(errors, path, 'name', secret.name, isDNS1123Subdomain(secret.name ?? ''));
    }
  },
  ephemeral(errors, path, { volumeClaimTemplate: template }, { volume, at, podName }) {
    if (!template) errors.push(field.required(path.child('volumeClaimTemplate')));
    else validatePersistentVolumeClaimTemplate(errors, path.child('volumeClaimTemplate'), template);
    if (!podName || !volume.name) return;
    const claim = `${podName}-${volume.name}`;
    const messages = isDNS1123Subdomain(claim).map((why) => `PVC name ${quote(claim)}: ${why}`);
    complain(errors, at, 'name', volume.name, messages);
  },
  image(errors, path, { reference, pullPolicy }, { options }) {
    if (options.resourceIsPod) require(errors, path, 'reference', reference);
    requiredOneOf(errors, path, 'pullPolicy', pullPolicy, supportedPullPolicies);
  },
};

const sourceNames = Object.keys(rules) as readonly SourceName[];
/** Names upstream's paths have for some sources. */
const pathNames: Readonly<Partial<Record<SourceName, string>>> = { gcePersistentDisk: 'persistentDisk' };
const extraPathNames: Readonly<Partial<Record<SourceName, string>>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function validateSource<K extends SourceName>(errors: Complaints, name: K, scope: SourceScope): void {
  const source = scope.volume[name];
  if (source === undefined || source === null) return;
  const rule: Rule<NonNullable<corev1.Volume[K]>> = rules[name];
  rule(errors, scope.at.child(pathNames[name] ?? name), source, scope);
}

function validateVolumeSource(errors: Complaints, scope: SourceScope): void {
  let found = false;
  for (const name of sourceNames) {
    if (scope.volume[name] === undefined) continue;
    if (found) {
      const path = scope.at.child(extraPathNames[name] ?? name);
      errors.push(field.forbidden(path, 'may not specify more than 1 volume type'));
    } else validateSource(errors, name, scope);
    found = true;
  }
  if (!found) errors.push(field.required(scope.at, 'must specify a volume type'));
}

function checkName(errors: Complaints, at: Path, name: string | undefined, known: VolumesByName): void {
  if (require(errors, at, 'name', name)) complain(errors, at, 'name', name, isDNS1123Label(name ?? ''));
  if (known.has(name ?? '')) errors.push(field.duplicate(at.child('name'), name ?? ''));
}

/**
 * Complains about volumes. Gives those without complaints. `podName` is set for real pods.
 *
 * Upstream: ValidateVolumes (v1.36)
 */
export function validateVolumes(
  errors: Complaints,
  parent: Path,
  volumes: readonly corev1.Volume[] | undefined,
  podName: string | undefined,
  options: PodValidationOptions,
): VolumesByName {
  const known = new Map<string, corev1.Volume>();
  if (!volumes) return known;
  const path = parent.child('volumes');
  const created = new Set(podName ? volumes.filter((v) => v.ephemeral).map((v) => `${podName}-${v.name}`) : []);
  for (const [i, volume] of volumes.entries()) {
    const at = path.index(i);
    const before = errors.length;
    validateVolumeSource(errors, { volume, at, podName, options });
    checkName(errors, at, volume.name, known);
    if (errors.length === before) known.set(volume.name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created.has(claim)) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume';
      complain(errors, at.child('persistentVolumeClaim'), 'claimName', claim, [why]);
    }
  }
  return known;
}
