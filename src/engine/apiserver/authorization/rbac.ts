/**
 * Role-based authorization. Who may do what is gathered once per user and thrown away when a role or binding changes.
 * Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go (v1.36)
 */
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
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

/** What bindings of one place give to a user. */
interface Granted {
  readonly rules: readonly GrantedRule[];
  /** Why some bindings give nothing. */
  readonly errors: readonly string[];
}

interface Grants {
  readonly cluster: Granted;
  readonly namespaces: Map<string, Granted>;
  readonly decisions: Map<string, Decision>;
}

const noOpinion: Decision = Object.freeze({ allowed: false, reason: '' });
const maxDecisions = 20_000;

export class RbacAuthorizer implements Authorizer {
  readonly #objects: ObjectReader;
  #byUser = new Map<string, Grants>();
  /** The same, by the very object: a component's identity is one object for all its requests. */
  #byIdentity = new WeakMap<UserInfo, Grants>();

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  /** To be called when a role or binding changed. */
  invalidate(): void {
    this.#byUser = new Map();
    this.#byIdentity = new WeakMap();
  }

  authorize(attributes: AuthorizationAttributes): Decision {
    const grants = this.#grantsOf(attributes.user);
    const { verb, group: api, resource, subresource, namespace, name, path } = attributes;
    const key = attributes.isResourceRequest
      ? `${verb} ${api}/${resource}/${subresource} ${namespace}`
      : `${verb} ${path}`;
    const known = grants.decisions.get(key) ?? grants.decisions.get(`${key}/${name}`);
    if (known) return known;
    const decision = this.#decide(attributes, grants);
    if (grants.decisions.size >= maxDecisions) grants.decisions.clear();
    grants.decisions.set(this.#dependsOnName(attributes, grants) ? `${key}/${name}` : key, decision);
    return decision;
  }

  /** Whether a rule for some names only has a say. */
  #dependsOnName(attributes: AuthorizationAttributes, grants: Grants): boolean {
    const { user, namespace } = attributes;
    const matters = ({ rule }: GrantedRule) =>
      (rule.resourceNames?.length ?? 0) > 0 && ruleAllows(attributes, { ...rule, resourceNames: [] });
    if (grants.cluster.rules.some(matters)) return true;
    return namespace !== '' && this.#namespaced(grants, user, namespace).rules.some(matters);
  }

  /** Rules that hold for a user in a namespace (empty: cluster-wide only), those of cluster bindings first. */
  rulesFor(user: UserInfo, namespace: string): readonly GrantedRule[] {
    const grants = this.#grantsOf(user);
    const { rules } = grants.cluster;
    return namespace === '' ? rules : [...rules, ...this.#namespaced(grants, user, namespace).rules];
  }

  /** What is wrong with the bindings that hold for a user in a namespace; empty when nothing is. */
  errorsFor(user: UserInfo, namespace: string): string {
    const grants = this.#grantsOf(user);
    const own = namespace === '' ? [] : this.#namespaced(grants, user, namespace).errors;
    return aggregateText([...grants.cluster.errors, ...own]);
  }

  /** The rules of a role that a binding refers to; undefined when there is no such role. */
  roleRules(roleRef: rbacv1.RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    if (roleRef.kind === 'Role')
      return this.#objects.get<rbacv1.Role>(group, 'roles', namespace, roleRef.name)?.rules ?? undefined;
    const role = this.#objects.get<rbacv1.ClusterRole>(group, 'clusterroles', '', roleRef.name);
    return role && (role.rules ?? []);
  }

  #decide(attributes: AuthorizationAttributes, grants: Grants): Decision {
    const { user, namespace } = attributes;
    const find = ({ rules }: Granted) => rules.find(({ rule }) => ruleAllows(attributes, rule));
    const found =
      find(grants.cluster) ?? (namespace === '' ? undefined : find(this.#namespaced(grants, user, namespace)));
    if (found) return { allowed: true, reason: `RBAC: ${found.source}` };
    const errors = this.errorsFor(user, namespace);
    return errors === '' ? noOpinion : { allowed: false, reason: `RBAC: ${errors}` };
  }

  #grantsOf(user: UserInfo): Grants {
    const own = this.#byIdentity.get(user);
    if (own) return own;
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
    this.#byIdentity.set(user, grants);
    return grants;
  }

  #namespaced(grants: Grants, user: UserInfo, namespace: string): Granted {
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

  #granted(bindings: readonly rbacv1.RoleBinding[], user: UserInfo, kind: string): Granted {
    const rules: GrantedRule[] = [];
    const errors: string[] = [];
    for (const { metadata, subjects, roleRef } of bindings) {
      const subject = (subjects ?? []).find((one) => appliesTo(user, one, metadata.namespace ?? ''));
      if (!subject) continue;
      const place = metadata.namespace === undefined ? '' : `/${metadata.namespace}`;
      const source = `allowed by ${kind} "${metadata.name ?? ''}${place}" of ${roleRef.kind} "${roleRef.name}" to ${subjectText(subject, metadata.namespace ?? '')}`;
      const found = this.roleRules(roleRef, metadata.namespace ?? '');
      if (!found) errors.push(`${roleRef.kind.toLowerCase()}.${group} "${roleRef.name}" not found`);
      for (const rule of found ?? []) rules.push({ rule, source });
    }
    return { rules, errors };
  }
}

/** Several errors as Go's aggregate prints them. */
function aggregateText(errors: readonly string[]): string {
  const different = [...new Set(errors)];
  return different.length > 1 ? `[${different.join(', ')}]` : (different[0] ?? '');
}

function subjectText({ kind, name, namespace }: rbacv1.Subject, bindingNamespace: string): string {
  return kind === 'ServiceAccount' ? `${kind} "${name}/${namespace || bindingNamespace}"` : `${kind} "${name}"`;
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
