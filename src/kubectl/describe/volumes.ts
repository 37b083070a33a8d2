import type * as corev1 from '../../api/core/v1.ts';
import { arrayAt, valueAt } from '../object.ts';
import { goList, printAttributes } from './describe-parts.ts';
import { nested, type PrefixWriter } from './describe-writer.ts';
import { printPersistentVolumeClaim } from './persistent-volume-claim.ts';

/** How a field's missing value reads: empty text, `false`, `0`, `[]`, `map[]`, `nil` (an object), or a text of its own. */
type Kind = 'text' | 'bool' | 'int' | 'list' | 'map' | 'ref' | 'none' | 'unset';

/** A kind of volume: the text of its type and its lines. */
interface Source {
  readonly type: string;
  readonly lines: readonly (readonly [label: string, field: string, kind?: Kind])[];
}

const readOnly = ['ReadOnly:', 'readOnly', 'bool'] as const;
const fsType = ['FSType:', 'fsType'] as const;
const path = ['Path:', 'path'] as const;
const secretRef = ['SecretRef:', 'secretRef', 'ref'] as const;

/** Upstream: kubectl/pkg/describe/describe.go print…VolumeSource (v1.36) */
const sources: Readonly<Record<string, Source>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    lines: [path, ['HostPathType:', 'type', 'none']],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    lines: [
      ['Medium:', 'medium'],
      ['SizeLimit:', 'sizeLimit', 'unset'],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    lines: [['PDName:', 'pdName'], fsType, ['Partition:', 'partition', 'int'], readOnly],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    lines: [['VolumeID:', 'volumeID'], fsType, ['Partition:', 'partition', 'int'], readOnly],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    lines: [
      ['Repository:', 'repository'],
      ['Revision:', 'revision'],
    ],
  },
  secret: {
    type: 'Secret (a volume populated by a Secret)',
    lines: [
      ['SecretName:', 'secretName'],
      ['Optional:', 'optional', 'bool'],
    ],
  },
  configMap: {
    type: 'ConfigMap (a volume populated by a ConfigMap)',
    lines: [
      ['Name:', 'name'],
      ['Optional:', 'optional', 'bool'],
    ],
  },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    lines: [['Server:', 'server'], path, readOnly],
  },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    lines: [
      ['TargetPortal:', 'targetPortal'],
      ['IQN:', 'iqn'],
      ['Lun:', 'lun', 'int'],
      ['ISCSIInterface', 'iscsiInterface'],
      fsType,
      readOnly,
      ['Portals:', 'portals', 'list'],
      ['DiscoveryCHAPAuth:', 'chapAuthDiscovery', 'bool'],
      ['SessionCHAPAuth:', 'chapAuthSession', 'bool'],
      secretRef,
      ['InitiatorName:', 'initiatorName', 'none'],
    ],
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    lines: [['EndpointsName:', 'endpoints'], path, readOnly],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    lines: [['ClaimName:', 'claimName'], readOnly],
  },
  ephemeral: {
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    lines: [],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    lines: [
      ['CephMonitors:', 'monitors', 'list'],
      ['RBDImage:', 'image'],
      fsType,
      ['RBDPool:', 'pool'],
      ['RadosUser:', 'user'],
      ['Keyring:', 'keyring'],
      secretRef,
      readOnly,
    ],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    lines: [['Registry:', 'registry'], ['Volume:', 'volume'], readOnly],
  },
  downwardAPI: { type: 'DownwardAPI (a volume populated by information about the pod)', lines: [] },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    lines: [
      ['DiskName:', 'diskName'],
      ['DiskURI:', 'diskURI'],
      ['Kind: ', 'kind'],
      fsType,
      ['CachingMode:', 'cachingMode'],
      readOnly,
    ],
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    lines: [['VolumePath:', 'volumePath'], fsType, ['StoragePolicyName:', 'storagePolicyName']],
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    lines: [['VolumeID:', 'volumeID'], fsType, readOnly, secretRef],
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    lines: [['PdID:', 'pdID'], fsType],
  },
  portworxVolume: {
    type: 'PortworxVolume (a Portworx Volume resource)',
    lines: [['VolumeID:', 'volumeID']],
  },
  scaleIO: {
    type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    lines: [
      ['Gateway:', 'gateway'],
      ['System:', 'system'],
      ['Protection Domain:', 'protectionDomain'],
      ['Storage Pool:', 'storagePool'],
      ['Storage Mode:', 'storageMode'],
      ['VolumeName:', 'volumeName'],
      fsType,
      readOnly,
    ],
  },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    lines: [
      ['Monitors:', 'monitors', 'list'],
      path,
      ['User:', 'user'],
      ['SecretFile:', 'secretFile'],
      secretRef,
      readOnly,
    ],
  },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    lines: [['VolumeName:', 'volumeName'], ['VolumeNamespace:', 'volumeNamespace'], fsType, readOnly],
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    lines: [['TargetWWNs:', 'targetWWNs'], ['LUN:', 'lun', 'none'], fsType, readOnly],
  },
  azureFile: {
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    lines: [['SecretName:', 'secretName'], ['ShareName:', 'shareName'], readOnly],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    lines: [['Driver:', 'driver'], fsType, secretRef, readOnly, ['Options:', 'options', 'map']],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    lines: [
      ['DatasetName:', 'datasetName'],
      ['DatasetUUID:', 'datasetUUID'],
    ],
  },
  projected: {
    type: 'Projected (a volume that contains injected data from multiple sources)',
    lines: [],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    lines: [['Driver:', 'driver'], fsType, readOnly],
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    lines: [
      ['Reference:', 'reference'],
      ['PullPolicy:', 'pullPolicy'],
    ],
  },
};

/** Those that read otherwise in a persistent volume. */
const persistentSources: Readonly<Record<string, Source>> = {
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    lines: [['EndpointsName:', 'endpoints'], ['EndpointsNamespace:', 'endpointsNamespace', 'unset'], path, readOnly],
  },
  local: {
    type: 'LocalVolume (a persistent volume backed by local storage on a node)',
    lines: [path],
  },
  azureFile: {
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    lines: [
      ['SecretName:', 'secretName'],
      ['SecretNamespace:', 'secretNamespace'],
      ['ShareName:', 'shareName'],
      readOnly,
    ],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    lines: [['Driver:', 'driver'], fsType, ['VolumeHandle:', 'volumeHandle'], readOnly],
  },
};

/** Upstream: kubectl/pkg/describe/describe.go describeVolumes (v1.36) */
export function describeVolumes(w: PrefixWriter, volumes: readonly corev1.Volume[] | undefined, space: string): void {
  if (!volumes?.length) return w.write(0, `${space}Volumes:\t<none>\n`);
  w.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    w.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`);
    printSource(w, volume, sources);
  }
}

/** Where a persistent volume's bytes are. */
export function describePersistentSource(w: PrefixWriter, spec: corev1.PersistentVolumeSpec): void {
  printSource(w, spec, { ...sources, ...persistentSources });
}

function printSource(w: PrefixWriter, holder: object, known: Readonly<Record<string, Source>>): void {
  const name = Object.keys(known).find((key) => valueAt(holder, key) !== undefined);
  const source = name === undefined ? undefined : known[name];
  if (name === undefined || source === undefined) return w.write(1, '<unknown>\n');
  const value = valueAt(holder, name);
  w.write(2, `Type:\t${source.type}\n`);
  for (const [label, field, kind = 'text'] of source.lines) {
    w.write(2, `${label}\t${fieldText(valueAt(value, field), kind)}\n`);
  }
  if (name === 'projected') printProjected(w, value as corev1.ProjectedVolumeSource);
  if (name === 'downwardAPI') printDownwardItems(w, value as corev1.DownwardAPIVolumeSource);
  if (name === 'ephemeral') printClaimTemplate(w, value as corev1.EphemeralVolumeSource);
  if (name === 'csi') {
    printAttributes(w, 'VolumeAttributes', valueAt(value, 'volumeAttributes') as Record<string, string> | undefined);
  }
}

function fieldText(value: unknown, kind: Kind): string {
  const missing = {
    text: '',
    bool: 'false',
    int: '0',
    list: '[]',
    map: 'map[]',
    ref: 'nil',
    none: '<none>',
    unset: '<unset>',
  };
  if (value === undefined || value === null) return missing[kind];
  if (Array.isArray(value)) return kind === 'list' ? goList(value) : value.join(', ');
  if (kind === 'unset' && value === '0') return missing.unset;
  if (typeof value !== 'object') return String(value);
  const { name = '', namespace } = value as { readonly name?: string; readonly namespace?: string };
  if (kind === 'map') {
    const pairs = Object.entries(value).map(([key, member]) => `${key}:${member}`);
    return `map[${pairs.sort().join(' ')}]`;
  }
  return namespace === undefined
    ? `&LocalObjectReference{Name:${name},}`
    : `&SecretReference{Name:${name},Namespace:${namespace},}`;
}

function printProjected(w: PrefixWriter, projected: corev1.ProjectedVolumeSource): void {
  const named = (
    label: string,
    { name = '', optional = false }: { readonly name?: string; readonly optional?: boolean },
  ) => w.write(2, `${label}:\t${name}\n    Optional:\t${optional}\n`);
  for (const source of projected.sources ?? []) {
    if (source.secret) named('SecretName', source.secret);
    else if (source.downwardAPI) w.write(2, 'DownwardAPI:\ttrue\n');
    else if (source.configMap) named('ConfigMapName', source.configMap);
    else if (source.serviceAccountToken) {
      w.write(2, `TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds ?? 0}\n`);
    }
  }
}

function printDownwardItems(w: PrefixWriter, volume: corev1.DownwardAPIVolumeSource): void {
  w.write(2, 'Items:\n');
  for (const item of arrayAt<corev1.DownwardAPIVolumeFile>(volume, 'items')) {
    if (item.fieldRef) w.write(3, `${item.fieldRef.fieldPath} -> ${item.path}\n`);
    if (item.resourceFieldRef) w.write(3, `${item.resourceFieldRef.resource} -> ${item.path}\n`);
  }
}

function printClaimTemplate(w: PrefixWriter, { volumeClaimTemplate }: corev1.EphemeralVolumeSource): void {
  if (volumeClaimTemplate === undefined) return;
  const { metadata = {}, spec } = volumeClaimTemplate;
  printPersistentVolumeClaim(nested(w, 2), { metadata, spec }, { full: false, now: 0 });
}
