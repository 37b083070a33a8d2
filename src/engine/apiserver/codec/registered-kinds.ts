import { schemaFor } from '../../../api/schema.ts';
import { groupVersion, type GroupVersionKind } from '../../../apimachinery/resource-ref.ts';

const rbac = 'Role RoleBinding ClusterRole ClusterRoleBinding';
const resource = 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice';
const flowControl = 'FlowSchema PriorityLevelConfiguration';

/** Kinds of versions that the server can still read but does not serve. Upstream: k8s.io/api, register.go of each version (v1.36) */
const unserved: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'admissionregistration.k8s.io/v1alpha1':
      'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    'admissionregistration.k8s.io/v1beta1':
      'ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    'apps/v1beta1': 'Deployment StatefulSet ControllerRevision',
    'apps/v1beta2': 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision',
    'authentication.k8s.io/v1alpha1': 'SelfSubjectReview',
    'authentication.k8s.io/v1beta1': 'SelfSubjectReview TokenReview',
    'authorization.k8s.io/v1beta1':
      'SelfSubjectRulesReview SelfSubjectAccessReview SubjectAccessReview LocalSubjectAccessReview',
    'batch/v1beta1': 'CronJob',
    'certificates.k8s.io/v1beta1': 'CertificateSigningRequest',
    'coordination.k8s.io/v1beta1': 'Lease',
    'discovery.k8s.io/v1beta1': 'EndpointSlice',
    'events.k8s.io/v1beta1': 'Event',
    'extensions/v1beta1': 'Deployment DaemonSet Ingress ReplicaSet NetworkPolicy',
    'flowcontrol.apiserver.k8s.io/v1beta1': flowControl,
    'flowcontrol.apiserver.k8s.io/v1beta2': flowControl,
    'flowcontrol.apiserver.k8s.io/v1beta3': flowControl,
    'networking.k8s.io/v1beta1': 'Ingress IngressClass IPAddress ServiceCIDR',
    'node.k8s.io/v1alpha1': 'RuntimeClass',
    'node.k8s.io/v1beta1': 'RuntimeClass',
    'policy/v1beta1': 'PodDisruptionBudget Eviction',
    'rbac.authorization.k8s.io/v1alpha1': rbac,
    'rbac.authorization.k8s.io/v1beta1': rbac,
    'resource.k8s.io/v1beta1': resource,
    'resource.k8s.io/v1beta2': resource,
    'scheduling.k8s.io/v1beta1': 'PriorityClass',
    'storage.k8s.io/v1alpha1': 'VolumeAttachment CSIStorageCapacity VolumeAttributesClass',
    'storage.k8s.io/v1beta1':
      'StorageClass VolumeAttachment CSIDriver CSINode CSIStorageCapacity VolumeAttributesClass',
  }),
);

/** Kinds of metadata's group that stand among the core ones. */
const metaKinds: ReadonlySet<string> = new Set(['v1/List', 'v1/APIGroup', 'v1/APIVersions']);
const optionKinds = 'WatchEvent ListOptions GetOptions DeleteOptions CreateOptions UpdateOptions PatchOptions'.split(
  ' ',
);

/** Whether a kind of metadata's group stands in every version of every group. */
export const isOptionKind = (kind: string): boolean => optionKinds.includes(kind);

/** Groups that servers of their own know. */
const otherServers: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** Whether the core API server knows a kind, be it served or not. */
export function isRegistered(gvk: GroupVersionKind): boolean {
  if (otherServers.has(gvk.group)) return false;
  if (schemaFor(gvk) || metaKinds.has(`${groupVersion(gvk)}/${gvk.kind}`)) return true;
  return unserved.get(groupVersion(gvk))?.split(' ').includes(gvk.kind) ?? false;
}

/** Whether two kinds are the same inside the server, so that one can be read as the other. */
export function isSameKind(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.kind === b.kind && familyOf(a) === familyOf(b);
}

function familyOf({ group, kind }: GroupVersionKind): string {
  if (kind === 'Event') return '';
  if (group !== 'extensions') return group;
  return kind === 'Ingress' || kind === 'NetworkPolicy' ? 'networking.k8s.io' : 'apps';
}
