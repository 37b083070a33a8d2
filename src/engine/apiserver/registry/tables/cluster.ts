/** Tables of the remaining groups. Upstream: pkg/printers/internalversion/printers.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type * as apiregistrationv1 from '../../../../api/apiregistration/v1.ts';
import type * as certificatesv1 from '../../../../api/certificates/v1.ts';
import type * as coordinationv1 from '../../../../api/coordination/v1.ts';
import type * as discoveryv1 from '../../../../api/discovery/v1.ts';
import type * as flowcontrolv1 from '../../../../api/flowcontrol/v1.ts';
import type * as networkingv1 from '../../../../api/networking/v1.ts';
import type * as nodev1 from '../../../../api/node/v1.ts';
import type * as rbacv1 from '../../../../api/rbac/v1.ts';
import type * as resourcev1 from '../../../../api/resource/v1.ts';
import type * as schedulingv1 from '../../../../api/scheduling/v1.ts';
import type * as storagev1 from '../../../../api/storage/v1.ts';
import { humanDuration } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import type { ObjectMeta } from '../../../../apimachinery/object-meta.ts';
import { groupResource } from '../../../../apimachinery/resource-ref.ts';
import type { TableColumn } from '../table-column.ts';
import { ageColumn, column, listWithMore, nameColumn } from './cells.ts';

const wide = { wide: true } as const;
const integer = { type: 'integer' } as const;
const boolean = { type: 'boolean' } as const;

/** Name and age only. */
export const nameAndAge: readonly TableColumn[] = [nameColumn, ageColumn];

function addressText({ status }: networkingv1.Ingress): string {
  const points = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(points.filter((point) => point !== ''))].sort().join(',');
}

function hostsText({ spec }: networkingv1.Ingress): string {
  const rules = spec?.rules ?? [];
  const list: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (list.length === 3) more = true;
    if (!more && host) list.push(host);
  }
  if (list.length === 0) return '*';
  return more ? `${list.join(',')} + ${rules.length - 3} more...` : list.join(',');
}

const ingress = column<networkingv1.Ingress>;
export const ingressColumns: readonly TableColumn<networkingv1.Ingress>[] = [
  nameColumn,
  ingress('Class', ({ spec }) => spec?.ingressClassName ?? '<none>'),
  ingress('Hosts', hostsText),
  ingress('Address', addressText),
  ingress('Ports', ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
  ageColumn,
];

/** The name, marked when it is the default of its kind. */
const markedName = (...annotations: readonly string[]): TableColumn => ({
  ...nameColumn,
  cell: ({ metadata }: { readonly metadata: ObjectMeta }) =>
    `${metadata.name ?? ''}${annotations.some((key) => metadata.annotations?.[key] === 'true') ? ' (default)' : ''}`,
});

function parametersText({ spec }: networkingv1.IngressClass): string {
  const parameters = spec?.parameters;
  if (!parameters) return '<none>';
  return `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}`;
}

export const ingressClassColumns: readonly TableColumn<networkingv1.IngressClass>[] = [
  markedName('ingressclass.kubernetes.io/is-default-class'),
  column('Controller', ({ spec }: networkingv1.IngressClass) => spec?.controller ?? ''),
  column('Parameters', parametersText),
  ageColumn,
];

export const networkPolicyColumns: readonly TableColumn<networkingv1.NetworkPolicy>[] = [
  nameColumn,
  column('Pod-Selector', ({ spec }: networkingv1.NetworkPolicy) => formatLabelSelector(spec?.podSelector ?? {})),
  ageColumn,
];

export const serviceCIDRColumns: readonly TableColumn<networkingv1.ServiceCIDR>[] = [
  nameColumn,
  column('CIDRs', ({ spec }: networkingv1.ServiceCIDR) => (spec?.cidrs ?? []).join(',')),
  ageColumn,
];

function parentText({ spec }: networkingv1.IPAddress): string {
  const ref = spec?.parentRef;
  if (!ref) return '<none>';
  const what = groupResource({ group: ref.group ?? '', resource: ref.resource ?? '' }).toLowerCase();
  return [what, ...(ref.namespace ? [ref.namespace] : []), ref.name ?? ''].join('/');
}

export const ipAddressColumns: readonly TableColumn<networkingv1.IPAddress>[] = [
  nameColumn,
  column('ParentRef', parentText),
  { ...ageColumn, unnamed: true },
];

const slice = column<discoveryv1.EndpointSlice>;
export const endpointSliceColumns: readonly TableColumn<discoveryv1.EndpointSlice>[] = [
  nameColumn,
  slice('AddressType', ({ addressType }) => addressType),
  slice('Ports', ({ ports }) =>
    listWithMore(
      (ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))),
      3,
      '<unset>',
    ),
  ),
  slice('Endpoints', ({ endpoints }) =>
    listWithMore(
      (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
      3,
      '<unset>',
    ),
  ),
  ageColumn,
];

type Binding = rbacv1.RoleBinding | rbacv1.ClusterRoleBinding;

function subjects({ subjects: list }: Binding, kind: string): string {
  const chosen = (list ?? []).filter((subject) => subject.kind === kind);
  return chosen
    .map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
}

export const roleBindingColumns: readonly TableColumn<rbacv1.RoleBinding>[] = [
  nameColumn,
  column('Role', ({ roleRef }: Binding) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  column('Users', (object: Binding) => subjects(object, 'User'), wide),
  column('Groups', (object: Binding) => subjects(object, 'Group'), wide),
  column('ServiceAccounts', (object: Binding) => subjects(object, 'ServiceAccount'), wide),
];

function csrState({ status }: certificatesv1.CertificateSigningRequest): string {
  const has = (type: string) => status?.conditions?.some((condition) => condition.type === type) ?? false;
  const state = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${state}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

const csr = column<certificatesv1.CertificateSigningRequest>;
export const certificateSigningRequestColumns: readonly TableColumn<certificatesv1.CertificateSigningRequest>[] = [
  nameColumn,
  ageColumn,
  csr('SignerName', ({ spec }) => spec.signerName || '<none>'),
  csr('Requestor', ({ spec }) => spec.username ?? ''),
  csr('RequestedDuration', ({ spec }) =>
    spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
  ),
  csr('Condition', csrState),
];

export const leaseColumns: readonly TableColumn<coordinationv1.Lease>[] = [
  nameColumn,
  column('Holder', ({ spec }: coordinationv1.Lease) => spec?.holderIdentity ?? ''),
  ageColumn,
];

const storageClass = column<storagev1.StorageClass>;
export const storageClassColumns: readonly TableColumn<storagev1.StorageClass>[] = [
  markedName('storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'),
  storageClass('Provisioner', ({ provisioner }) => provisioner),
  storageClass('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
  storageClass('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
  storageClass('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
  ageColumn,
];

export const volumeAttributesClassColumns: readonly TableColumn<storagev1.VolumeAttributesClass>[] = [
  nameColumn,
  column('DriverName', ({ driverName }: storagev1.VolumeAttributesClass) => driverName),
  ageColumn,
];

const attachment = column<storagev1.VolumeAttachment>;
export const volumeAttachmentColumns: readonly TableColumn<storagev1.VolumeAttachment>[] = [
  nameColumn,
  { ...attachment('Attacher', ({ spec }) => spec.attacher), format: 'name' },
  attachment('PV', ({ spec }) => spec.source.persistentVolumeName ?? ''),
  attachment('Node', ({ spec }) => spec.nodeName),
  attachment('Attached', ({ status }) => status?.attached ?? false, boolean),
  ageColumn,
];

export const csiNodeColumns: readonly TableColumn<storagev1.CSINode>[] = [
  nameColumn,
  column('Drivers', ({ spec }: storagev1.CSINode) => spec.drivers?.length ?? 0, integer),
  ageColumn,
];

const driver = column<storagev1.CSIDriver>;
export const csiDriverColumns: readonly TableColumn<storagev1.CSIDriver>[] = [
  nameColumn,
  driver('AttachRequired', ({ spec }) => spec.attachRequired ?? true, boolean),
  driver('PodInfoOnMount', ({ spec }) => spec.podInfoOnMount ?? false, boolean),
  driver('StorageCapacity', ({ spec }) => spec.storageCapacity ?? false, boolean),
  driver('TokenRequests', ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>'),
  driver('RequiresRepublish', ({ spec }) => spec.requiresRepublish ?? false, boolean),
  driver('Modes', ({ spec }) => spec.volumeLifecycleModes?.join(',') || '<none>'),
  ageColumn,
];

export const webhookColumns: readonly TableColumn<admissionv1.ValidatingWebhookConfiguration>[] = [
  nameColumn,
  column(
    'Webhooks',
    ({ webhooks }: { readonly metadata: ObjectMeta; readonly webhooks?: readonly unknown[] }) => webhooks?.length ?? 0,
    integer,
  ),
  ageColumn,
];

type Policy = admissionv1.ValidatingAdmissionPolicy & admissionv1.MutatingAdmissionPolicy;
type PolicyBinding = admissionv1.ValidatingAdmissionPolicyBinding;

const paramKind = column('ParamKind', ({ spec }: Policy) =>
  spec?.paramKind ? `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}` : '<unset>',
);

export const validatingAdmissionPolicyColumns: readonly TableColumn<admissionv1.ValidatingAdmissionPolicy>[] = [
  nameColumn,
  column('Validations', ({ spec }: admissionv1.ValidatingAdmissionPolicy) => spec?.validations?.length ?? 0, integer),
  paramKind,
  ageColumn,
];

export const mutatingAdmissionPolicyColumns: readonly TableColumn<admissionv1.MutatingAdmissionPolicy>[] = [
  nameColumn,
  column('Mutations', ({ spec }: admissionv1.MutatingAdmissionPolicy) => spec?.mutations?.length ?? 0, integer),
  paramKind,
  ageColumn,
];

function paramText({ spec }: PolicyBinding): string {
  const ref = spec?.paramRef;
  if (!ref) return '<unset>';
  if (ref.name) return `${ref.namespace || '*'}/${ref.name}`;
  return ref.selector ? formatGoSelector(ref.selector) : '<unset>';
}

/** A label selector as Go's generated String methods print it. */
function formatGoSelector({
  matchLabels,
  matchExpressions,
}: NonNullable<NonNullable<PolicyBinding['spec']>['paramRef']>['selector'] & object): string {
  const keys = Object.keys(matchLabels ?? {}).sort();
  const labels = `map[string]string{${keys.map((key) => `${key}: ${matchLabels?.[key] ?? ''},`).join('')}}`;
  const expressions = (matchExpressions ?? []).map(
    ({ key, operator, values }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:${labels},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}

export const policyBindingColumns: readonly TableColumn<PolicyBinding>[] = [
  nameColumn,
  column('PolicyName', ({ spec }: PolicyBinding) => spec?.policyName ?? ''),
  column('ParamRef', paramText),
  ageColumn,
];

const flow = column<flowcontrolv1.FlowSchema>;
export const flowSchemaColumns: readonly TableColumn<flowcontrolv1.FlowSchema>[] = [
  nameColumn,
  flow('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration.name ?? ''),
  flow('MatchingPrecedence', ({ spec }) => spec?.matchingPrecedence ?? 0),
  flow('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>'),
  ageColumn,
  flow('MissingPL', ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?'),
];

const level = column<flowcontrolv1.PriorityLevelConfiguration>;
const queuing = ({ spec }: flowcontrolv1.PriorityLevelConfiguration) => spec?.limited?.limitResponse?.queuing;
export const priorityLevelColumns: readonly TableColumn<flowcontrolv1.PriorityLevelConfiguration>[] = [
  nameColumn,
  level('Type', ({ spec }) => spec?.type ?? ''),
  level('NominalConcurrencyShares', ({ spec }) =>
    spec?.limited ? (spec.limited.nominalConcurrencyShares ?? 0) : '<none>',
  ),
  level('Queues', (object) => queuing(object)?.queues ?? '<none>'),
  level('HandSize', (object) => queuing(object)?.handSize ?? '<none>'),
  level('QueueLengthLimit', (object) => queuing(object)?.queueLengthLimit ?? '<none>'),
  ageColumn,
];

const priority = column<schedulingv1.PriorityClass>;
export const priorityClassColumns: readonly TableColumn<schedulingv1.PriorityClass>[] = [
  nameColumn,
  priority('Value', ({ value }) => value ?? 0, integer),
  priority('Global-Default', ({ globalDefault }) => globalDefault ?? false, boolean),
  ageColumn,
  priority('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
];

export const runtimeClassColumns: readonly TableColumn<nodev1.RuntimeClass>[] = [
  nameColumn,
  column('Handler', ({ handler }: nodev1.RuntimeClass) => handler),
  ageColumn,
];

function claimState({ metadata, status }: resourcev1.ResourceClaim): string {
  const deleted = metadata.deletionTimestamp !== undefined;
  const states = deleted ? ['deleted'] : [];
  if (!status?.allocation) return [...states, ...(deleted ? [] : ['pending'])].join(',');
  return [...states, 'allocated', ...((status.reservedFor ?? []).length > 0 ? ['reserved'] : [])].join(',');
}

export const resourceClaimColumns: readonly TableColumn<resourcev1.ResourceClaim>[] = [
  nameColumn,
  column('State', claimState),
  ageColumn,
];

const resourceSlice = column<resourcev1.ResourceSlice>;
export const resourceSliceColumns: readonly TableColumn<resourcev1.ResourceSlice>[] = [
  nameColumn,
  resourceSlice('Node', ({ spec }) => spec.nodeName ?? ''),
  resourceSlice('Driver', ({ spec }) => spec.driver),
  resourceSlice('Pool', ({ spec }) => spec.pool.name),
  ageColumn,
];

function availability({ status }: apiregistrationv1.APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' || !condition.reason
    ? condition.status
    : `${condition.status} (${condition.reason})`;
}

const apiService = column<apiregistrationv1.APIService>;
/** Upstream: kube-aggregator/pkg/registry/apiservice/etcd/etcd.go (v1.36) */
export const apiServiceColumns: readonly TableColumn<apiregistrationv1.APIService>[] = [
  nameColumn,
  apiService('Service', ({ spec }) =>
    spec?.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
  ),
  apiService('Available', availability),
  ageColumn,
];
