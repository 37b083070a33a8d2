/**
 * Nobody grants what they do not hold themselves. Stands last among those that admit, where upstream checks in the storage of roles.
 * Upstream: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go (v1.36)
 */
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newForbidden, newNotFound } from '../../../apimachinery/status-error.ts';
import type { AuthorizerChain } from '../authorization/chain.ts';
import type { PolicyRule } from '../authorization/rbac.ts';
import { missingPermissions } from '../authorization/rule-cover.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const group = 'rbac.authorization.k8s.io';
const masters = 'system:masters';
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export function rbacEscalation(authorizer: AuthorizerChain): AdmissionPlugin {
  return {
    name: 'rbac.authorization.k8s.io',
    handles: ({ verb, definition, subresource }) =>
      definition.group === group && subresource === '' && (verb === 'CREATE' || verb === 'UPDATE'),
    concerns: ({ operation }) => !operation.user.groups.includes(masters),
    admit(attributes) {
      if (attributes.definition.resource.endsWith('bindings')) checkBinding(authorizer, attributes);
      else checkRole(authorizer, attributes);
    },
  };
}

function checkRole(authorizer: AuthorizerChain, attributes: AdmissionAttributes): void {
  const role = attributes.object as unknown as rbacv1.ClusterRole;
  const old = attributes.old as rbacv1.ClusterRole | undefined;
  if (old && isOnlyMutatingGCFields(role, old)) return;
  if (isAuthorized(authorizer, attributes, { verb: 'escalate', resource: attributes.definition.resource })) return;
  refuseEscalation(authorizer, attributes, role.rules ?? []);
  if ((aggregates(role) || (old && aggregates(old))) && missingFor(authorizer, attributes, everything).length > 0) {
    const why = 'must have cluster-admin privileges to use the aggregationRule';
    throw newForbidden(attributes.definition, role.metadata.name ?? '', why);
  }
}

const aggregates = ({ aggregationRule }: rbacv1.ClusterRole): boolean =>
  (aggregationRule?.clusterRoleSelectors ?? []).length > 0;

/** Whether a change touches nothing but what the garbage collector needs. Upstream: pkg/registry/rbac/helpers.go */
function isOnlyMutatingGCFields<T extends KubernetesObject>(object: T, old: T): boolean {
  const rest = ({ metadata, ...other }: T) => {
    const { ownerReferences, finalizers, managedFields, ...kept } = metadata;
    return { ...other, metadata: kept };
  };
  return deepEqual(rest(object), rest(old));
}

function checkBinding(authorizer: AuthorizerChain, attributes: AdmissionAttributes): void {
  const binding = attributes.object as unknown as rbacv1.RoleBinding;
  const old = attributes.old as rbacv1.RoleBinding | undefined;
  if (old && isOnlyMutatingGCFields(binding, old)) return;
  const { roleRef } = binding;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  if (isAuthorized(authorizer, attributes, { verb: 'bind', resource, name: roleRef.name })) return;
  const rules = authorizer.rbac.roleRules(roleRef, attributes.namespace);
  if (!rules) throw newNotFound(attributes.definition, roleRef.name);
  refuseEscalation(authorizer, attributes, rules);
}

function isAuthorized(
  authorizer: AuthorizerChain,
  { operation, namespace, name }: AdmissionAttributes,
  asked: { readonly verb: string; readonly resource: string; readonly name?: string },
): boolean {
  const attributes = { name, ...asked, user: operation.user, group, version: '*', subresource: '', namespace };
  return authorizer.authorize({ ...attributes, isResourceRequest: true, path: '' }).allowed;
}

function missingFor(
  authorizer: AuthorizerChain,
  { operation, namespace }: AdmissionAttributes,
  rules: readonly PolicyRule[],
): readonly string[] {
  const owned = authorizer.rbac.rulesFor(operation.user, namespace).map(({ rule }) => rule);
  return missingPermissions(owned, rules);
}

function refuseEscalation(
  authorizer: AuthorizerChain,
  attributes: AdmissionAttributes,
  rules: readonly PolicyRule[],
): void {
  const missing = missingFor(authorizer, attributes, rules);
  if (missing.length === 0) return;
  const { username, groups } = attributes.operation.user;
  const who = `user ${quote(username)} (groups=[${groups.map(quote).join(' ')}])`;
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${missing.join('\n')}`;
  throw newForbidden(attributes.definition, String(attributes.object?.metadata['name'] ?? ''), why);
}
