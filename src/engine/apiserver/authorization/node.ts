/**
 * What a kubelet may do: its own node and lease, the pods bound to it, and what those pods name.
 * Upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go (v1.36). Differs: the relations are read off the pods of the node when
 * they are asked for, not kept as a graph.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from './attributes.ts';
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
    if (node === '') return noOpinion(`unknown node for user ${JSON.stringify(attributes.user.username)}`);
    return (attributes.isResourceRequest ? this.#special(node, attributes) : undefined) ?? byRules(attributes);
  }

  #special(node: string, attributes: AuthorizationAttributes): Decision | undefined {
    const { group, resource, subresource, verb, namespace, name } = attributes;
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.#readNamespaced(node, attributes);
      case 'persistentvolumeclaims':
        if (subresource === 'status') {
          if (verb !== 'update' && verb !== 'patch') return noOpinion('can only get/update/patch this type');
          return this.#related(node, attributes);
        }
        return this.#readOne(node, attributes);
      case 'persistentvolumes':
      case 'resourceclaims.resource.k8s.io':
      case 'volumeattachments.storage.k8s.io':
        return this.#readOne(node, attributes);
      case 'serviceaccounts':
        return this.#serviceAccount(node, attributes);
      case 'leases.coordination.k8s.io':
        if (!ownVerbs.has(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease');
        if (namespace !== 'kube-node-lease')
          return noOpinion('can only access leases in the "kube-node-lease" system namespace');
        return verb === 'create' || name === node
          ? allow
          : noOpinion('can only access node lease with the same name as the requesting node');
      case 'csinodes.storage.k8s.io':
        if (!ownVerbs.has(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode');
        if (subresource !== '') return noOpinion('cannot authorize CSINode subresources');
        return verb === 'create' || name === node
          ? allow
          : noOpinion('can only access CSINode with the same name as the requesting node');
      case 'nodes':
        return authorizeNode(node, attributes);
      case 'pods':
        return this.#pod(node, attributes);
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

  #related(node: string, attributes: AuthorizationAttributes): Decision {
    if (attributes.name === '') return noOpinion('No Object name found');
    return this.#isRelated(node, attributes)
      ? allow
      : noOpinion(`no relationship found between node '${node}' and this object`);
  }

  #isRelated(node: string, { resource, namespace, name }: AuthorizationAttributes): boolean {
    if (resource === 'volumeattachments') {
      return (
        this.#objects.get<storagev1.VolumeAttachment>('storage.k8s.io', resource, '', name)?.spec.nodeName === node
      );
    }
    const relates = (pod: corev1.Pod | undefined): boolean =>
      pod?.spec?.nodeName === node && podNames(pod, resource, name, this.#objects);
    const key = `${node} ${resource} ${namespace}/${name}`;
    const witness = this.#witnesses.get(key);
    const [at = '', known = ''] = witness?.split('/') ?? [];
    if (witness !== undefined && relates(this.#objects.get<corev1.Pod>('', 'pods', at, known))) return true;
    const found = this.#objects.list<corev1.Pod>('', 'pods', namespace).find(relates);
    if (this.#witnesses.size >= maxWitnesses) this.#witnesses.clear();
    if (found) this.#witnesses.set(key, `${found.metadata.namespace ?? ''}/${found.metadata.name ?? ''}`);
    else this.#witnesses.delete(key);
    return found !== undefined;
  }

  #pod(node: string, attributes: AuthorizationAttributes): Decision {
    const { verb, subresource, namespace, name, fieldSelector = '' } = attributes;
    if (subresource === '') {
      if (verb === 'get') {
        const pod = this.#objects.get<corev1.Pod>('', 'pods', namespace, name);
        return pod?.spec?.nodeName === node || pod === undefined
          ? allow
          : noOpinion(`no relationship found between node '${node}' and this object`);
      }
      if (verb === 'list' || verb === 'watch') {
        const own = fieldSelector.split(',').some((term) => /^spec\.nodeName={1,2}(.*)$/.exec(term)?.[1] === node);
        return own ? allow : noOpinion('can only list/watch pods with spec.nodeName field selector');
      }
      return verb === 'create' || verb === 'delete' ? allow : noOpinion('');
    }
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allow : noOpinion('');
    if (subresource === 'eviction') return verb === 'create' ? allow : noOpinion('');
    return noOpinion('');
  }
}

const ownVerbs: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete']);

function byRules(attributes: AuthorizationAttributes): Decision {
  return nodeRules.some((one) => ruleAllows(attributes, one)) ? allow : noOpinion('');
}

function authorizeNode(node: string, attributes: AuthorizationAttributes): Decision {
  const { verb, subresource, name, fieldSelector = '' } = attributes;
  if (subresource !== '') return byRules(attributes);
  if (verb === 'create' || verb === 'update' || verb === 'patch') return allow;
  if (verb === 'get')
    return name === node || name === ''
      ? allow
      : noOpinion(`node '${node}' cannot read '${name}', only its own Node object`);
  if (verb === 'list' || verb === 'watch') {
    const own =
      name === node || fieldSelector.split(',').some((term) => /^metadata\.name={1,2}(.*)$/.exec(term)?.[1] === node);
    return own ? allow : noOpinion(`node '${node}' cannot read all nodes, only its own Node object`);
  }
  return noOpinion('');
}

/** Whether a pod names an object, directly or through its claims. */
function podNames(pod: corev1.Pod, resource: string, name: string, objects: ObjectReader): boolean {
  const { spec, status } = pod;
  const namespace = pod.metadata.namespace ?? '';
  switch (resource) {
    case 'serviceaccounts':
      return spec?.serviceAccountName === name;
    case 'resourceclaims':
      return (
        (status?.resourceClaimStatuses ?? []).some((one) => one.resourceClaimName === name) ||
        (spec?.resourceClaims ?? []).some(
          (one: resourcev1.ResourceClaim | { readonly resourceClaimName?: string }) =>
            'resourceClaimName' in one && one.resourceClaimName === name,
        )
      );
    case 'persistentvolumeclaims':
      return claimsOf(pod).includes(name);
    case 'persistentvolumes':
      return claimsOf(pod).some(
        (claim) =>
          objects.get<corev1.PersistentVolumeClaim>('', 'persistentvolumeclaims', namespace, claim)?.spec
            ?.volumeName === name,
      );
    default:
      return namesIn(pod, resource === 'secrets').includes(name);
  }
}

function claimsOf({ spec, metadata }: corev1.Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName];
    return ephemeral ? [`${metadata.name ?? ''}-${name}`] : [];
  });
}

function namesIn({ spec }: corev1.Pod, secrets: boolean): (string | undefined)[] {
  const out: (string | undefined)[] = [];
  const containers = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ];
  for (const { env, envFrom } of containers) {
    for (const { valueFrom } of env ?? [])
      out.push(secrets ? valueFrom?.secretKeyRef?.name : valueFrom?.configMapKeyRef?.name);
    for (const from of envFrom ?? []) out.push(secrets ? from.secretRef?.name : from.configMapRef?.name);
  }
  for (const volume of spec?.volumes ?? []) {
    out.push(secrets ? volume.secret?.secretName : volume.configMap?.name);
    for (const source of volume.projected?.sources ?? [])
      out.push(secrets ? source.secret?.name : source.configMap?.name);
    if (secrets) out.push(volume.csi?.nodePublishSecretRef?.name);
  }
  if (secrets) for (const { name } of spec?.imagePullSecrets ?? []) out.push(name);
  return out;
}
