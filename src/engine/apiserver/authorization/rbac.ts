/**
 * Role-based authorization. Who may do what is gathered once per user and thrown away when a role or binding changes.
 * Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go (v1.36)
 */
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import { aggregatedRules } from './aggregation.ts';
import type { AuthorizationAttributes, Authorizer, Decision } from './attributes.ts';

export type PolicyRule = rbacv1.PolicyRule;

const group = 'rbac.authorization.k8s.io';
const serviceAccountPrefix = 'system:serviceaccount:';

/** A rule and the binding that gives it. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** `allowed by RoleBinding "a/ns" of Role "b" to User "c"` */
  readonly source: string;
}

interface Grants {
  readonly cluster: readonly GrantedRule[];
  readonly namespaces: Map<string, readonly GrantedRule[]>;
  readonly decisions: Map<string, Decision>;
}

const noOpinion: Decision = Object.freeze({ allowed: false, reason: '' });
const maxDecisions = 20_000;

export class RbacAuthorizer implements Authorizer {
  readonly #objects: ObjectReader;
  #byUser = new Map<string, Grants>();

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  /** To be called when a role or binding changed. */
  invalidate(): void {
    this.#byUser = new Map();
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    const grants = this.#grantsOf(attributes.user);
    const { verb, group: api, resource, subresource, namespace, name, path } = attributes;
    const key = attributes.isResourceRequest
      ? `${verb} ${api}/${resource}/${subresource} ${namespace}/${name}`
      : `${verb} ${path}`;
    const known = grants.decisions.get(key);
    if (known) return known;
    const decision = this.#decide(attributes, grants);
    if (grants.decisions.size >= maxDecisions) grants.decisions.clear();
    grants.decisions.set(key, decision);
    return decision;
  }

  /** Rules that hold for a user in a namespace (empty: cluster-wide only), those of cluster bindings first. */
  rulesFor(user: UserInfo, namespace: string): readonly GrantedRule[] {
    const grants = this.#grantsOf(user);
    return namespace === '' ? grants.cluster : [...grants.cluster, ...this.#namespaced(grants, user, namespace)];
  }

  /** The rules of a role that a binding refers to; undefined when there is no such role. */
  roleRules(roleRef: rbacv1.RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    if (roleRef.kind === 'Role')
      return this.#objects.get<rbacv1.Role>(group, 'roles', namespace, roleRef.name)?.rules ?? undefined;
    const role = this.#objects.get<rbacv1.ClusterRole>(group, 'clusterroles', '', roleRef.name);
    return role && (role.rules ?? aggregatedRules(this.#objects, role));
  }

  #decide(attributes: AuthorizationAttributes, grants: Grants): Decision {
    const find = (rules: readonly GrantedRule[]) => rules.find(({ rule }) => ruleAllows(attributes, rule));
    const found =
      find(grants.cluster) ??
      (attributes.namespace === '' ? undefined : find(this.#namespaced(grants, attributes.user, attributes.namespace)));
    return found ? { allowed: true, reason: `RBAC: ${found.source}` } : noOpinion;
  }

  #grantsOf(user: UserInfo): Grants {
    const key = `${user.username}\n${user.groups.join('\n')}`;
    let grants = this.#byUser.get(key);
    if (!grants) {
      const bindings = this.#objects.list<rbacv1.ClusterRoleBinding>(group, 'clusterrolebindings');
      grants = {
        cluster: this.#granted(bindings, user, 'ClusterRoleBinding'),
        namespaces: new Map(),
        decisions: new Map(),
      };
      this.#byUser.set(key, grants);
    }
    return grants;
  }

  #namespaced(grants: Grants, user: UserInfo, namespace: string): readonly GrantedRule[] {
    let rules = grants.namespaces.get(namespace);
    if (!rules) {
      rules = this.#granted(
        this.#objects.list<rbacv1.RoleBinding>(group, 'rolebindings', namespace),
        user,
        'RoleBinding',
      );
      grants.namespaces.set(namespace, rules);
    }
    return rules;
  }

  #granted(bindings: readonly rbacv1.RoleBinding[], user: UserInfo, kind: string): GrantedRule[] {
    const out: GrantedRule[] = [];
    for (const { metadata, subjects, roleRef } of bindings) {
      const subject = (subjects ?? []).find((one) => appliesTo(user, one, metadata.namespace ?? ''));
      if (!subject) continue;
      const place = metadata.namespace === undefined ? '' : `/${metadata.namespace}`;
      const source = `allowed by ${kind} "${metadata.name ?? ''}${place}" of ${roleRef.kind} "${roleRef.name}" to ${subjectText(subject)}`;
      for (const rule of this.roleRules(roleRef, metadata.namespace ?? '') ?? []) out.push({ rule, source });
    }
    return out;
  }
}

function subjectText({ kind, name, namespace }: rbacv1.Subject): string {
  return kind === 'ServiceAccount' ? `${kind} "${name}/${namespace ?? ''}"` : `${kind} "${name}"`;
}

function appliesTo(user: UserInfo, { kind, name, namespace }: rbacv1.Subject, bindingNamespace: string): boolean {
  if (kind === 'User') return user.username === name;
  if (kind === 'Group') return user.groups.includes(name);
  const home = namespace || bindingNamespace;
  return kind === 'ServiceAccount' && home !== '' && user.username === `${serviceAccountPrefix}${home}:${name}`;
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || list.includes('*'));

function resourceMatches(rule: PolicyRule, resource: string, subresource: string): boolean {
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  for (const one of rule.resources ?? []) {
    if (one === '*' || one === combined) return true;
    if (subresource !== '' && one === `*/${subresource}`) return true;
  }
  return false;
}

/** Whether a rule allows a request. */
export function ruleAllows(attributes: AuthorizationAttributes, rule: PolicyRule): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest) {
    return (rule.nonResourceURLs ?? []).some((url) => pathMatches(url, attributes.path));
  }
  if (!has(rule.apiGroups, attributes.group) || !resourceMatches(rule, attributes.resource, attributes.subresource))
    return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(attributes.name);
}

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}
