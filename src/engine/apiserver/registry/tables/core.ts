/** Tables of the core group. Upstream: pkg/printers/internalversion/printers.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import { formatLabels } from '../../../../apimachinery/labels.ts';
import type { TableColumn } from '../table-column.ts';
import {
  ageColumn,
  column,
  containerColumns,
  listWithMore,
  nameColumn,
  templateColumns,
  translateTimestampSince,
} from './cells.ts';

const wide = { wide: true } as const;
const integer = { type: 'integer' } as const;

export const podTemplateColumns: readonly TableColumn<corev1.PodTemplate>[] = [
  nameColumn,
  ...containerColumns<corev1.PodTemplate>(({ template }) => template?.spec?.containers, false),
  column<corev1.PodTemplate>('Pod Labels', ({ template }) => formatLabels(template?.metadata?.labels)),
];

const rc = column<corev1.ReplicationController>;
export const replicationControllerColumns: readonly TableColumn<corev1.ReplicationController>[] = [
  nameColumn,
  rc('Desired', ({ spec }) => spec?.replicas ?? 0, integer),
  rc('Current', ({ status }) => status?.replicas ?? 0, integer),
  rc('Ready', ({ status }) => status?.readyReplicas ?? 0, integer),
  ageColumn,
  ...templateColumns,
  rc('Selector', ({ spec }) => formatLabels(spec?.selector), wide),
];

function externalIP({ spec, status }: corev1.Service): string {
  const stated = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return stated.length > 0 ? stated.join(',') : '<none>';
    case 'LoadBalancer': {
      const points = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
      const found = [...new Set(points.filter((point) => point !== ''))].sort();
      return [...found, ...stated].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

const portText = ({ port, nodePort, protocol }: corev1.ServicePort): string =>
  nodePort ? `${port}:${nodePort}/${protocol ?? ''}` : `${port}/${protocol ?? ''}`;

const service = column<corev1.Service>;
export const serviceColumns: readonly TableColumn<corev1.Service>[] = [
  nameColumn,
  service('Type', ({ spec }) => spec?.type ?? ''),
  service('Cluster-IP', ({ spec }) => spec?.clusterIPs?.[0] ?? '<none>'),
  service('External-IP', externalIP),
  service('Port(s)', ({ spec }) => (spec?.ports ?? []).map(portText).join(',') || '<none>'),
  ageColumn,
  service('Selector', ({ spec }) => formatLabels(spec?.selector), wide),
];

function endpointsText({ subsets }: corev1.Endpoints): string {
  const list: string[] = [];
  for (const { addresses = [], ports = [] } of subsets ?? []) {
    if (ports.length === 0) list.push(...addresses.map(({ ip }) => ip));
    for (const { port } of ports)
      list.push(...addresses.map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
  }
  return (subsets ?? []).length === 0 ? '<none>' : listWithMore(list, 3, '');
}

export const endpointsColumns: readonly TableColumn<corev1.Endpoints>[] = [
  nameColumn,
  column('Endpoints', endpointsText),
  ageColumn,
];

function nodeStatus({ status, spec }: corev1.Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: corev1.Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.add(key.slice(rolePrefix.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort().join(',') || '<none>';
}

const addressOf =
  (type: string) =>
  ({ status }: corev1.Node): string =>
    status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';

function kernel({ status }: corev1.Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {};
  return `${kernelVersion || '<unknown>'}${architecture ? ` (${architecture})` : ''}`;
}

const node = column<corev1.Node>;
export const nodeColumns: readonly TableColumn<corev1.Node>[] = [
  nameColumn,
  node('Status', nodeStatus),
  node('Roles', nodeRoles),
  ageColumn,
  node('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  node('Internal-IP', addressOf('InternalIP'), wide),
  node('External-IP', addressOf('ExternalIP'), wide),
  node('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>', wide),
  node('Kernel-Version', kernel, wide),
  node('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>', wide),
];

const firstSeen = ({ firstTimestamp, eventTime }: corev1.Event, nowMs: number): string =>
  firstTimestamp ? translateTimestampSince(firstTimestamp, nowMs) : translateTimestampSince(eventTime, nowMs);

function lastSeen(event: corev1.Event, nowMs: number): string {
  if (event.series) return translateTimestampSince(event.series.lastObservedTime, nowMs);
  return event.lastTimestamp ? translateTimestampSince(event.lastTimestamp, nowMs) : firstSeen(event, nowMs);
}

function eventSource({ source, reportingComponent, reportingInstance }: corev1.Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

const event = column<corev1.Event>;
export const eventColumns: readonly TableColumn<corev1.Event>[] = [
  event('Last Seen', lastSeen),
  event('Type', ({ type }) => type ?? ''),
  event('Reason', ({ reason }) => reason ?? ''),
  event('Object', ({ involvedObject: { kind = '', name } }) =>
    name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
  ),
  event('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', wide),
  event('Source', eventSource, wide),
  event('Message', ({ message }) => (message ?? '').trim()),
  event('First Seen', firstSeen, wide),
  event('Count', ({ series, count }) => series?.count ?? (count || 1), wide),
  { ...nameColumn, priority: 1 },
];

export const namespaceColumns: readonly TableColumn<corev1.Namespace>[] = [
  nameColumn,
  column('Status', ({ status }: corev1.Namespace) => status?.phase ?? ''),
  ageColumn,
];

export const secretColumns: readonly TableColumn<corev1.Secret>[] = [
  nameColumn,
  column('Type', ({ type }: corev1.Secret) => type ?? ''),
  column('Data', ({ data }: corev1.Secret) => Object.keys(data ?? {}).length),
  ageColumn,
];

export const serviceAccountColumns: readonly TableColumn[] = [nameColumn, ageColumn];

const modeNames = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

const accessModes = (modes: readonly string[] | undefined): string =>
  modeNames
    .filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const claimText = (ref: corev1.ObjectReference | undefined): string =>
  ref ? `${ref.namespace ?? ''}/${ref.name ?? ''}` : '';

const pv = column<corev1.PersistentVolume>;
export const persistentVolumeColumns: readonly TableColumn<corev1.PersistentVolume>[] = [
  nameColumn,
  pv('Capacity', ({ spec }) => spec?.capacity?.['storage'] ?? '0'),
  pv('Access Modes', ({ spec }) => accessModes(spec?.accessModes)),
  pv('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
  pv('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  pv('Claim', ({ spec }) => claimText(spec?.claimRef)),
  pv('StorageClass', ({ metadata, spec }) => metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? ''),
  pv('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
  pv('Reason', ({ status }) => status?.reason ?? ''),
  ageColumn,
  pv('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>', wide),
];

const pvc = column<corev1.PersistentVolumeClaim>;
export const persistentVolumeClaimColumns: readonly TableColumn<corev1.PersistentVolumeClaim>[] = [
  nameColumn,
  pvc('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  pvc('Volume', ({ spec }) => spec?.volumeName ?? ''),
  pvc('Capacity', ({ spec, status }) => (spec?.volumeName ? (status?.capacity?.['storage'] ?? '0') : '')),
  pvc('Access Modes', ({ spec, status }) => (spec?.volumeName ? accessModes(status?.accessModes) : '')),
  pvc('StorageClass', ({ metadata, spec }) => metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? ''),
  pvc('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>'),
  ageColumn,
  pvc('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>', wide),
];

const healthy = ({ conditions }: corev1.ComponentStatus) => conditions?.find(({ type }) => type === 'Healthy');
const component = column<corev1.ComponentStatus>;
export const componentStatusColumns: readonly TableColumn<corev1.ComponentStatus>[] = [
  nameColumn,
  component('Status', (object) => {
    const condition = healthy(object);
    return condition ? (condition.status === 'True' ? 'Healthy' : 'Unhealthy') : 'Unknown';
  }),
  component('Message', (object) => healthy(object)?.message ?? ''),
  component('Error', (object) => healthy(object)?.error ?? ''),
];

export const configMapColumns: readonly TableColumn<corev1.ConfigMap>[] = [
  nameColumn,
  column(
    'Data',
    ({ data, binaryData }: corev1.ConfigMap) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
  ),
  ageColumn,
];

function quotaText({ status }: corev1.ResourceQuota, limits: boolean): string {
  const names = Object.keys(status?.hard ?? {}).sort();
  const chosen = names.filter((name) => name.startsWith('limits.') === limits);
  return chosen.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`).join(', ');
}

export const resourceQuotaColumns: readonly TableColumn<corev1.ResourceQuota>[] = [
  nameColumn,
  column('Request', (object: corev1.ResourceQuota) => quotaText(object, false)),
  column('Limit', (object: corev1.ResourceQuota) => quotaText(object, true)),
  ageColumn,
];
