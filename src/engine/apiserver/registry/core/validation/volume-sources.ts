/** Rules of the kinds of volumes that pods and persistent volumes share. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import {
  byteLength,
  inclusiveRangeError,
  isDNS1123Label,
  isDNS1123Subdomain,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require, sortedKeys } from './complaints.ts';
import { validateLocalDescendingPath, validatePathNoBacksteps } from './paths.ts';

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];
const iscsiFormats: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
};

export function validateHostPath(errors: Complaints, path: Path, source: corev1.HostPathVolumeSource): void {
  if (!require(errors, path, 'path', source.path)) return;
  validatePathNoBacksteps(errors, path, 'path', source.path);
  if (source.type !== undefined) oneOf(errors, path, 'type', source.type, hostPathTypes);
}

export function validateGitRepo(errors: Complaints, path: Path, source: corev1.GitRepoVolumeSource): void {
  require(errors, path, 'repository', source.repository);
  validateLocalDescendingPath(errors, path, 'directory', source.directory ?? '');
}

function validatePartition(errors: Complaints, path: Path, partition = 0): void {
  if (partition < 0 || partition > 255) complain(errors, path, 'partition', partition, [inclusiveRangeError(1, 255)]);
}

export function validateGCEPersistentDisk(
  errors: Complaints,
  path: Path,
  source: corev1.GCEPersistentDiskVolumeSource,
): void {
  require(errors, path, 'pdName', source.pdName);
  validatePartition(errors, path, source.partition);
}

export function validateAWSElasticBlockStore(
  errors: Complaints,
  path: Path,
  source: corev1.AWSElasticBlockStoreVolumeSource,
): void {
  require(errors, path, 'volumeID', source.volumeID);
  validatePartition(errors, path, source.partition);
}

export function validateNFS(errors: Complaints, path: Path, source: corev1.NFSVolumeSource): void {
  require(errors, path, 'server', source.server);
  require(errors, path, 'path', source.path);
  if (!source.path?.startsWith('/')) complain(errors, path, 'path', source.path ?? '', ['must be an absolute path']);
}

/** A name of iSCSI: its beginning decides its format; undefined when fine. */
function iscsiComplaint(name: string, unknown: string): string | undefined {
  const format = iscsiFormats[name.slice(0, 3)];
  if (format === undefined) return unknown;
  return format.test(name) ? undefined : 'must be valid format';
}

/** Complains about the parts that iSCSI volumes of pods and persistent ones share. */
export function validateISCSI(
  errors: Complaints,
  path: Path,
  source: corev1.ISCSIVolumeSource | corev1.ISCSIPersistentVolumeSource,
  ofPod: boolean,
  checkName: () => void,
): void {
  const unknown = ofPod ? 'must be valid format starting with iqn, eui, or naa' : 'must be valid format';
  const { targetPortal, iqn, lun = 0, initiatorName, secretRef } = source;
  require(errors, path, 'targetPortal', targetPortal);
  if (!ofPod) checkName();
  if (require(errors, path, 'iqn', iqn)) {
    const why = iscsiComplaint(iqn, unknown);
    if (why !== undefined) complain(errors, path, 'iqn', iqn, [why]);
  }
  if (lun < 0 || lun > 255) complain(errors, path, 'lun', lun, [inclusiveRangeError(0, 255)]);
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef) {
    errors.push(field.required(path.child('secretRef')));
  }
  if (!ofPod && secretRef) require(errors, path.child('secretRef'), 'name', secretRef.name);
  if (initiatorName !== undefined) {
    const why = iscsiComplaint(initiatorName, unknown);
    if (why !== undefined) complain(errors, path, 'initiatorname', initiatorName, [why]);
  }
  if (ofPod) checkName();
}

export function validateFC(errors: Complaints, path: Path, source: corev1.FCVolumeSource): void {
  const { targetWWNs = [], wwids = [], lun } = source;
  if (targetWWNs.length === 0 && wwids.length === 0) {
    const why = 'must specify either targetWWNs or wwids, but not both';
    errors.push(field.required(path.child('targetWWNs'), why));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    complain(errors, path, 'targetWWNs', targetWWNs, ['targetWWNs and wwids can not be specified simultaneously']);
  }
  if (targetWWNs.length === 0) return;
  if (lun === undefined) errors.push(field.required(path.child('lun'), 'lun is required if targetWWNs is specified'));
  else if (lun < 0 || lun > 255) complain(errors, path, 'lun', lun, [inclusiveRangeError(0, 255)]);
}

const hostPort = /^(?:\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/;

export function validateQuobyte(errors: Complaints, path: Path, source: corev1.QuobyteVolumeSource): void {
  const { registry, tenant = '', volume } = source;
  const pairs = 'must be a host:port pair or multiple pairs separated by commas';
  if (!registry) errors.push(field.required(path.child('registry'), pairs));
  else if (byteLength(tenant) >= 65) {
    const why = 'must be a UUID and may not exceed a length of 64 characters';
    errors.push(field.required(path.child('tenant'), why));
  } else {
    for (const pair of registry.split(',')) {
      if (!hostPort.test(pair)) complain(errors, path, 'registry', registry, [pairs]);
    }
  }
  require(errors, path, 'volume', volume);
}

export function validateGlusterfs(errors: Complaints, path: Path, source: corev1.GlusterfsVolumeSource): void {
  require(errors, path, 'endpoints', source.endpoints);
  require(errors, path, 'path', source.path);
}

export function validateFlocker(errors: Complaints, path: Path, source: corev1.FlockerVolumeSource): void {
  const { datasetName = '', datasetUUID = '' } = source;
  if (datasetName === '' && datasetUUID === '') {
    errors.push(field.required(path, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(field.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  if (datasetName.includes('/')) complain(errors, path, 'datasetName', datasetName, ["must not contain '/'"]);
}

export function validateRBD(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.RBDVolumeSource, 'monitors' | 'image'>,
): void {
  if ((source.monitors ?? []).length === 0) errors.push(field.required(path.child('monitors')));
  require(errors, path, 'image', source.image);
}

export function validateCephFS(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.CephFSVolumeSource, 'monitors'>,
): void {
  if ((source.monitors ?? []).length === 0) errors.push(field.required(path.child('monitors')));
}

export function validateFlexVolume(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.FlexVolumeSource, 'driver' | 'options'>,
): void {
  require(errors, path, 'driver', source.driver);
  for (const key of sortedKeys(source.options)) {
    const namespace = `.${(key.split('/', 1)[0] ?? '').toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      const why = 'kubernetes.io and k8s.io namespaces are reserved';
      errors.push(field.invalid(path.child('options').key(key), key, why));
    }
  }
}

export function validateAzureFile(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.AzureFileVolumeSource, 'secretName' | 'shareName'>,
): void {
  require(errors, path, 'secretName', source.secretName);
  require(errors, path, 'shareName', source.shareName);
}

const managedDiskURI =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDiskURI = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export function validateAzureDisk(errors: Complaints, path: Path, source: corev1.AzureDiskVolumeSource): void {
  const { diskName, diskURI = '', cachingMode, kind } = source;
  require(errors, path, 'diskName', diskName);
  require(errors, path, 'diskURI', diskURI);
  if (cachingMode !== undefined) oneOf(errors, path, 'cachingMode', cachingMode, ['None', 'ReadOnly', 'ReadWrite']);
  if (kind === undefined) return;
  oneOf(errors, path, 'kind', kind, ['Dedicated', 'Managed', 'Shared']);
  const managed = kind === 'Managed';
  if (managed && !diskURI.startsWith('/subscriptions/')) {
    errors.push(field.notSupported(path.child('diskURI'), diskURI, [managedDiskURI]));
  }
  if (!managed && !diskURI.startsWith('https://')) {
    errors.push(field.notSupported(path.child('diskURI'), diskURI, [blobDiskURI]));
  }
}

export function validateScaleIO(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.ScaleIOVolumeSource, 'gateway' | 'system' | 'volumeName'>,
): void {
  require(errors, path, 'gateway', source.gateway);
  require(errors, path, 'system', source.system);
  require(errors, path, 'volumeName', source.volumeName);
}

export function validateStorageOS(
  errors: Complaints,
  path: Path,
  source: Pick<corev1.StorageOSVolumeSource, 'volumeName' | 'volumeNamespace'>,
): void {
  const { volumeName = '', volumeNamespace } = source;
  if (require(errors, path, 'volumeName', volumeName)) {
    complain(errors, path, 'volumeName', volumeName, isDNS1123Label(volumeName));
  }
  if (volumeNamespace) complain(errors, path, 'volumeNamespace', volumeNamespace, isDNS1123Label(volumeNamespace));
}

/** Complains about the name of a CSI driver. Upstream: ValidateCSIDriverName (v1.36) */
export function validateCSIDriverName(errors: Complaints, path: Path, driver: string | undefined): void {
  if (!driver) {
    errors.push(field.required(path));
    return;
  }
  if (byteLength(driver) > 63) errors.push(field.tooLong(path, 63));
  for (const why of isDNS1123Subdomain(driver.toLowerCase())) errors.push(field.invalid(path, driver, why));
}
