/** What kubelets may write. Upstream: plugin/pkg/admission/noderestriction/admission.go (v1.36) */
import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import type * as authenticationv1 from '../../../api/authentication/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { newNotFound } from '../../../apimachinery/status-error.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { parseCertificateRequest } from '../../certificates/certificate-request.ts';
import type { Authorizer } from '../authorization/attributes.ts';
import { nodeNameOfUser } from '../authorization/node.ts';
import { specDiff } from '../registry/core/validation/spec-diff.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { audienceRule } from './node-audience.ts';
import { forbiddenLabels } from './node-labels.ts';
import { podOf } from './pod-draft.ts';
import { referencedResource } from './pod-references.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** What the plugin's listers say: they name the kind. */
const missing = (kind: string, name: string) => newNotFound({ group: '', resource: kind }, name);

/** A complaint about the request; undefined when there is none. */
type Rule = (
  node: string,
  attributes: AdmissionAttributes,
  objects: ObjectReader,
  authorizer: Authorizer,
) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  pods: podRule,
  nodes: nodeRule,
  persistentvolumeclaims: claimRule,
  'certificates.k8s.io/certificatesigningrequests': certificateRequestRule,
  serviceaccounts: tokenRule,
  'coordination.k8s.io/leases': leaseRule,
  'storage.k8s.io/csinodes': csiNodeRule,
  'resource.k8s.io/resourceslices': resourceSliceRule,
};

const ruleOf = ({ definition: { group, resource } }: AdmissionAttributes): Rule | undefined =>
  rules[group === '' ? resource : `${group}/${resource}`];

export function nodeRestriction(objects: ObjectReader, authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ verb }) => verb !== 'CONNECT',
    concerns: ({ operation }) => operation.user.groups.includes('system:nodes'),
    admit(attributes) {
      const node = nodeNameOfUser(attributes.operation.user);
      if (node === undefined) return;
      if (node === '') {
        const why = `could not determine node from user ${quote(attributes.operation.user.username)}`;
        throw admissionForbidden(attributes, why);
      }
      const complaint = ruleOf(attributes)?.(node, attributes, objects, authorizer);
      if (complaint !== undefined) throw admissionForbidden(attributes, complaint);
    },
  };
}

function podRule(node: string, attributes: AdmissionAttributes, objects: ObjectReader): string | undefined {
  const { subresource, verb, old } = attributes;
  if (subresource === 'status') return podStatusRule(node, attributes);
  if (subresource === 'eviction') {
    const pod = objects.get<corev1.Pod>('', 'pods', attributes.namespace, attributes.name);
    if (!pod) throw missing('pod', attributes.name);
    return pod.spec?.nodeName === node
      ? undefined
      : `node ${node} can only evict pods with spec.nodeName set to itself`;
  }
  if (subresource !== '') {
    return `unexpected pod subresource ${quote(subresource)}, only 'status' and 'eviction' are allowed`;
  }
  if (verb === 'CREATE') return mirrorPodRule(node, podOf(attributes), objects);
  if (verb !== 'DELETE') {
    return `unexpected operation ${quote(verb)}, node ${quote(node)} can only create and delete mirror pods`;
  }
  const pod = (old ?? objects.get('', 'pods', attributes.namespace, attributes.name)) as corev1.Pod | undefined;
  if (!pod) throw missing('pod', attributes.name);
  if (pod.spec?.nodeName === node) return undefined;
  return `node ${quote(node)} can only delete pods with spec.nodeName set to itself`;
}

function podStatusRule(node: string, { object, old, verb }: AdmissionAttributes): string | undefined {
  if (verb !== 'UPDATE') return `unexpected operation ${quote(verb)}`;
  const before = old as corev1.Pod;
  const after = object as unknown as corev1.Pod;
  const who = `node ${quote(node)}`;
  if (before.spec?.nodeName !== node) {
    return `${who} can only update pod status for pods with spec.nodeName set to itself`;
  }
  if (!deepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) {
    return `${who} cannot update labels through pod status`;
  }
  if (!deepEqual(before.status?.resourceClaimStatuses ?? [], after.status?.resourceClaimStatuses ?? [])) {
    return `${who} cannot update resource claim statues`;
  }
  if (!deepEqual(before.status?.extendedResourceClaimStatus, after.status?.extendedResourceClaimStatus)) {
    return `${who} cannot update extended resource claim status`;
  }
  return undefined;
}

function mirrorPodRule(node: string, { metadata, spec }: corev1.Pod, objects: ObjectReader): string | undefined {
  const who = `node ${quote(node)}`;
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have ${quote(mirrorAnnotation)} annotation, ${who} can only create mirror pods`;
  }
  if (spec?.nodeName !== node) return `${who} can only create pods with spec.nodeName set to itself`;
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) return `${who} can only create pods with a single owner reference set to itself`;
  const [owner] = owners;
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `${who} can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) return `${who} can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `${who} must not set blockOwnerDeletion on an owner reference`;
  const own = objects.get<corev1.Node>('', 'nodes', '', node);
  if (!own) throw missing('node', node);
  if (owner.uid !== own.metadata.uid) {
    return `node ${node} UID mismatch: expected ${owner.uid} got ${own.metadata.uid ?? ''}`;
  }
  const referenced = referencedResource(spec);
  return referenced && `${who} can not create pods that reference ${referenced}`;
}

function nodeRule(node: string, { name, verb, object, old }: AdmissionAttributes): string | undefined {
  const asked = name || String(object?.metadata['name'] ?? '');
  const who = `node ${quote(node)}`;
  if (asked !== node) return `${who} is not allowed to modify node ${quote(asked)}`;
  const after = object as unknown as corev1.Node;
  if (verb === 'CREATE') {
    if (after.spec?.configSource) return `${who} is not allowed to create pods with a non-nil configSource`;
    const refused = forbiddenLabels(after.metadata.labels);
    return refused.length > 0 ? `${who} is not allowed to set the following labels: ${refused.join(', ')}` : undefined;
  }
  if (verb !== 'UPDATE') return undefined;
  const before = old as corev1.Node;
  if (after.spec?.configSource && !deepEqual(after.spec.configSource, before.spec?.configSource)) {
    return `${who} is not allowed to update configSource to a new non-nil configSource`;
  }
  if (!deepEqual(after.spec?.taints ?? [], before.spec?.taints ?? [])) return `${who} is not allowed to modify taints`;
  if (!deepEqual(after.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? [])) {
    return `${who} is not allowed to modify ownerReferences`;
  }
  const refused = forbiddenLabels(after.metadata.labels, before.metadata.labels);
  return refused.length > 0 ? `is not allowed to modify labels: ${refused.join(', ')}` : undefined;
}

function tokenRule(
  node: string,
  attributes: AdmissionAttributes,
  objects: ObjectReader,
  authorizer: Authorizer,
): string | undefined {
  if (attributes.verb !== 'CREATE' || attributes.subresource !== 'token') return undefined;
  const request = attributes.object as unknown as authenticationv1.TokenRequest | undefined;
  const reference = request?.spec?.boundObjectRef;
  if (!reference?.name || reference.apiVersion !== 'v1' || reference.kind !== 'Pod') {
    return 'node requested token not bound to a pod';
  }
  if (!reference.uid) return 'node requested token with a pod binding without a uid';
  const pod = objects.get<corev1.Pod>('', 'pods', attributes.namespace, reference.name);
  if (!pod) throw missing('pod', reference.name);
  if (reference.uid !== pod.metadata.uid) {
    return `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  }
  if (pod.spec?.nodeName !== node) return 'node requested token bound to a pod scheduled on a different node';
  return audienceRule(attributes, request?.spec?.audiences ?? [], pod, { objects, authorizer });
}

const ownNamed = (attributes: AdmissionAttributes): string =>
  attributes.name || String(attributes.object?.metadata['name'] ?? '');

function leaseRule(node: string, attributes: AdmissionAttributes): string | undefined {
  if (attributes.namespace !== 'kube-node-lease') {
    return `can only access leases in the "kube-node-lease" system namespace`;
  }
  if (ownNamed(attributes) === node) return undefined;
  return 'can only access node lease with the same name as the requesting node';
}

function csiNodeRule(node: string, attributes: AdmissionAttributes): string | undefined {
  return ownNamed(attributes) === node
    ? undefined
    : 'can only access CSINode with the same name as the requesting node';
}

function resourceSliceRule(node: string, { verb, object, old }: AdmissionAttributes): string | undefined {
  const slice = (verb === 'CREATE' ? object : old) as unknown as resourcev1.ResourceSlice | undefined;
  if (!slice || slice.spec?.nodeName === node) return undefined;
  return verb === 'CREATE'
    ? 'can only create ResourceSlice with the same NodeName as the requesting node'
    : 'can only delete ResourceSlice with the same NodeName as the requesting node';
}

/** Upstream: admitPVCStatus */
function claimRule(node: string, { subresource, verb, object, old }: AdmissionAttributes): string | undefined {
  if (subresource !== 'status') return 'may only update PVC status';
  if (verb !== 'UPDATE') return `unexpected operation ${quote(verb)}`;
  const [before, after] = [old, object as unknown as KubernetesObject].map((one) => withoutReported(one ?? {}));
  if (deepEqual(before, after)) return undefined;
  const changes = specDiff('core/v1.PersistentVolumeClaim', before, after);
  return `node ${quote(node)} is not allowed to update fields other than status.quantity and status.conditions: ${changes}`;
}

/** A claim without what a kubelet may report of it. */
function withoutReported(claim: Partial<corev1.PersistentVolumeClaim>): object {
  const { resourceVersion, managedFields, ...metadata } = claim.metadata ?? {};
  const { capacity, conditions, allocatedResources, allocatedResourceStatuses, ...status } = claim.status ?? {};
  return { metadata, spec: claim.spec, status };
}

const nodeSigners: ReadonlySet<string> = new Set([
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/kube-apiserver-client-kubelet',
]);

/** Upstream: admitCSR */
function certificateRequestRule(node: string, { verb, object }: AdmissionAttributes): string | undefined {
  if (verb !== 'CREATE') return undefined;
  const { spec } = object as unknown as certificatesv1.CertificateSigningRequest;
  if (!nodeSigners.has(spec.signerName)) return undefined;
  try {
    const { commonName } = parseCertificateRequest(spec.request ?? '');
    if (commonName === `system:node:${node}`) return undefined;
    return `can only create a node CSR with CN=system:node:${node}`;
  } catch (error) {
    return `unable to parse csr: ${error instanceof Error ? error.message : ''}`;
  }
}
