/**
 * What a kubelet may do: its own node and lease, the pods bound to it, and what those pods name.
 * Upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go (v1.36). Differs: the relations are read off the pods of the node when
 * they are asked for, not kept as a graph.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from './attributes.ts';
import { podReferences, volumeReferences } from './node-references.ts';
import { ruleAllows, type PolicyRule } from './rbac.ts';

const allow: Decision = Object.freeze({ allowed: true, reason: '' });
const noOpinion = (reason: string): Decision => ({ allowed: false, reason });

/** The name of the node that a user is; undefined for others. */
export function nodeNameOfUser({ username, groups }: UserInfo): string | undefined {
  return username.startsWith('system:node:') && groups.includes('system:nodes')
    ? username.slice('system:node:'.length)
    : undefined;
}

const rule = (verbs: readonly string[], apiGroups: readonly string[], ...resources: readonly string[]): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
});
const read = ['get', 'list', 'watch'];
const maxWitnesses = 10_000;

/** Upstream: bootstrappolicy NodeRules (v1.36) */
const nodeRules: readonly PolicyRule[] = [
  rule(['create'], ['authentication.k8s.io'], 'tokenreviews'),
  rule(['create'], ['authorization.k8s.io'], 'subjectaccessreviews', 'localsubjectaccessreviews'),
  rule(read, [''], 'services'),
  rule(['create', 'get', 'list', 'watch'], [''], 'nodes'),
  rule(['update', 'patch'], [''], 'nodes/status'),
  rule(['update', 'patch'], [''], 'nodes'),
  rule(['create', 'update', 'patch'], ['', 'events.k8s.io'], 'events'),
  rule(read, [''], 'pods'),
  rule(['create', 'delete'], [''], 'pods'),
  rule(['update', 'patch'], [''], 'pods/status'),
  rule(['create'], [''], 'pods/eviction'),
  rule(['get', 'list', 'watch'], [''], 'secrets', 'configmaps'),
  rule(['get'], [''], 'persistentvolumeclaims', 'persistentvolumes'),
  rule(['get'], [''], 'endpoints'),
  rule(['create', 'get', 'list', 'watch'], ['certificates.k8s.io'], 'certificatesigningrequests'),
  rule(['get', 'create', 'update', 'patch', 'delete'], ['coordination.k8s.io'], 'leases'),
  rule(['get'], ['storage.k8s.io'], 'volumeattachments'),
  rule(['create'], [''], 'serviceaccounts/token'),
  rule(['get', 'update', 'patch'], [''], 'persistentvolumeclaims/status'),
  rule(read, ['storage.k8s.io'], 'csidrivers'),
  rule(['get', 'create', 'update', 'patch', 'delete'], ['storage.k8s.io'], 'csinodes'),
  rule(read, ['node.k8s.io'], 'runtimeclasses'),
  rule(['get'], ['resource.k8s.io'], 'resourceclaims'),
  rule(['deletecollection'], ['resource.k8s.io'], 'resourceslices'),
];

export class NodeAuthorizer implements Authorizer {
  readonly #objects: ObjectReader;
  /** node, resource and object → a pod that related them when last asked: asked again first. */
  readonly #witnesses = new Map<string, string>();

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    const node = nodeNameOfUser(attributes.user);
    if (node === undefined) return noOpinion('');
    if (node === '') return noOpinion(`unknown node for user ${quote(attributes.user.username)}`);
    return (attributes.isResourceRequest ? this.#special(node, attributes) : undefined) ?? byRules(attributes);
  }

  #special(node: string, attributes: AuthorizationAttributes): Decision | undefined {
    const { group, resource, subresource, verb } = attributes;
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.#readNamespaced(node, attributes);
      case 'persistentvolumeclaims':
        if (subresource !== 'status') return this.#readOne(node, attributes);
        if (verb !== 'update' && verb !== 'patch') return noOpinion('can only get/update/patch this type');
        return this.#related(node, attributes);
      case 'persistentvolumes':
      case 'resourceclaims.resource.k8s.io':
      case 'volumeattachments.storage.k8s.io':
        return this.#readOne(node, attributes);
      case 'serviceaccounts':
        return this.#serviceAccount(node, attributes);
      case 'leases.coordination.k8s.io':
        return authorizeLease(node, attributes);
      case 'csinodes.storage.k8s.io':
        return authorizeCsiNode(node, attributes);
      case 'resourceslices.resource.k8s.io':
        return this.#resourceSlice(node, attributes);
      case 'nodes':
        return authorizeNode(node, attributes);
      case 'pods':
        return this.#pod(node, attributes);
      case 'podcertificaterequests.certificates.k8s.io':
        return noOpinion('');
      default:
        return undefined;
    }
  }

  #readNamespaced(node: string, attributes: AuthorizationAttributes): Decision {
    if (!read.includes(attributes.verb)) return noOpinion('can only read resources of this type');
    if (attributes.subresource !== '') return noOpinion('cannot read subresource');
    if (attributes.namespace === '') return noOpinion('can only read namespaced object of this type');
    return this.#related(node, attributes);
  }

  #readOne(node: string, attributes: AuthorizationAttributes): Decision {
    if (attributes.verb !== 'get') return noOpinion('can only get individual resources of this type');
    if (attributes.subresource !== '') return noOpinion('cannot get subresource');
    return this.#related(node, attributes);
  }

  #serviceAccount(node: string, attributes: AuthorizationAttributes): Decision {
    const { verb, subresource, name } = attributes;
    if (verb === 'get' && subresource === '') return this.#readNamespaced(node, attributes);
    if (verb !== 'create' || name === '') return noOpinion('can only create tokens for individual service accounts');
    if (subresource !== 'token') return noOpinion('can only create token subresource of serviceaccount');
    return this.#related(node, attributes);
  }

  #resourceSlice(node: string, attributes: AuthorizationAttributes): Decision {
    if (attributes.subresource !== '') return noOpinion('cannot authorize ResourceSlice subresources');
    switch (attributes.verb) {
      case 'create':
        return allow;
      case 'get':
      case 'update':
      case 'patch':
      case 'delete':
        return this.#related(node, attributes);
      case 'watch':
      case 'list':
      case 'deletecollection':
        return selects(attributes, 'spec.nodeName', node)
          ? allow
          : noOpinion('can only list/watch/deletecollection resourceslices with nodeName field selector');
      default:
        return noOpinion(
          'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
        );
    }
  }

  #related(node: string, attributes: AuthorizationAttributes): Decision {
    if (attributes.name === '') return noOpinion('No Object name found');
    return this.#isRelated(node, attributes)
      ? allow
      : noOpinion(`no relationship found between node '${node}' and this object`);
  }

  #isRelated(node: string, { resource, namespace, name }: AuthorizationAttributes): boolean {
    const objects = this.#objects;
    switch (resource) {
      case 'pods':
        return objects.get<corev1.Pod>('', resource, namespace, name)?.spec?.nodeName === node;
      case 'volumeattachments':
        return objects.get<storagev1.VolumeAttachment>('storage.k8s.io', resource, '', name)?.spec.nodeName === node;
      case 'resourceslices':
        return objects.get<resourcev1.ResourceSlice>('resource.k8s.io', resource, '', name)?.spec.nodeName === node;
      case 'persistentvolumes':
        return this.#holdsClaimOf(node, objects.get<corev1.PersistentVolume>('', resource, '', name));
      case 'secrets':
        return this.#podNames(node, resource, namespace, name) || this.#volumeNames(node, namespace, name);
      default:
        return this.#podNames(node, resource, namespace, name);
    }
  }

  /** Whether a pod of the node names an object of its namespace. */
  #podNames(node: string, resource: string, namespace: string, name: string): boolean {
    const relates = (pod: corev1.Pod | undefined): boolean =>
      pod?.spec?.nodeName === node && podReferences(pod, resource, name);
    const key = `${node} ${resource} ${namespace}/${name}`;
    const witness = this.#witnesses.get(key);
    if (witness !== undefined && relates(this.#objects.get<corev1.Pod>('', 'pods', namespace, witness))) return true;
    const found = this.#objects.list<corev1.Pod>('', 'pods', namespace).find(relates);
    if (this.#witnesses.size >= maxWitnesses) this.#witnesses.clear();
    if (found) this.#witnesses.set(key, found.metadata.name ?? '');
    else this.#witnesses.delete(key);
    return found !== undefined;
  }

  #holdsClaimOf(node: string, volume: corev1.PersistentVolume | undefined): boolean {
    const claim = volume?.spec?.claimRef;
    return claim ? this.#podNames(node, 'persistentvolumeclaims', claim.namespace ?? '', claim.name ?? '') : false;
  }

  #volumeNames(node: string, namespace: string, secret: string): boolean {
    return this.#objects
      .list<corev1.PersistentVolume>('', 'persistentvolumes')
      .some((volume) => volumeReferences(volume, namespace, secret) && this.#holdsClaimOf(node, volume));
  }

  #pod(node: string, attributes: AuthorizationAttributes): Decision {
    const { verb, subresource, name } = attributes;
    switch (subresource) {
      case '':
        if (verb === 'get') return this.#readOne(node, attributes);
        if (verb === 'create' || verb === 'delete') return allow;
        if (verb !== 'list' && verb !== 'watch') return noOpinion('');
        if (selects(attributes, 'spec.nodeName', node)) return allow;
        if (name !== '') return this.#related(node, attributes);
        return noOpinion('can only list/watch pods with spec.nodeName field selector');
      case 'status':
        return verb === 'update' || verb === 'patch' ? allow : noOpinion('');
      case 'eviction':
        return verb === 'create' ? allow : noOpinion('');
      default:
        return noOpinion('');
    }
  }
}

const ownVerbs: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete']);

/** Whether a request is narrowed to one value of a field. */
const selects = ({ fieldRequirements = [] }: AuthorizationAttributes, field: string, value: string): boolean =>
  fieldRequirements.some((one) => one.field === field && one.operator === '=' && one.value === value);

function byRules(attributes: AuthorizationAttributes): Decision {
  return nodeRules.some((one) => ruleAllows(attributes, one)) ? allow : noOpinion('');
}

function authorizeLease(node: string, { verb, namespace, name }: AuthorizationAttributes): Decision {
  if (!ownVerbs.has(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease');
  if (namespace !== 'kube-node-lease') {
    return noOpinion('can only access leases in the "kube-node-lease" system namespace');
  }
  if (verb === 'create' || name === node) return allow;
  return noOpinion('can only access node lease with the same name as the requesting node');
}

function authorizeCsiNode(node: string, { verb, subresource, name }: AuthorizationAttributes): Decision {
  if (!ownVerbs.has(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return noOpinion('cannot authorize CSINode subresources');
  if (verb === 'create' || name === node) return allow;
  return noOpinion('can only access CSINode with the same name as the requesting node');
}

function authorizeNode(node: string, { verb, subresource, name }: AuthorizationAttributes): Decision {
  const writes = verb === 'update' || verb === 'patch';
  if (subresource === 'status') return writes ? allow : noOpinion('');
  if (subresource !== '') return noOpinion('');
  if (writes || verb === 'create') return allow;
  if (!read.includes(verb)) return noOpinion('');
  if (name === node) return allow;
  if (name === '') return noOpinion(`node '${node}' cannot read all nodes, only its own Node object`);
  return noOpinion(`node '${node}' cannot read '${name}', only its own Node object`);
}
