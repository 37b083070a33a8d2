/** Rules of roles and their bindings. Upstream: pkg/apis/rbac/validation/validation.go (v1.36) */
import type * as rbacv1 from '../../../../../api/rbac/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { labelSelectorAsSelector, SelectorError } from '../../../../../apimachinery/labels.ts';
import { isDNS1123Subdomain, isPathSegmentName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require } from '../../core/validation/complaints.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../core/validation/labels.ts';

const group = 'rbac.authorization.k8s.io';
const isEmpty = (list: readonly string[] | null | undefined): boolean => (list ?? []).length === 0;

function validatePolicyRule(errors: Complaints, path: Path, rule: rbacv1.PolicyRule, namespaced: boolean): void {
  if (isEmpty(rule.verbs)) errors.push(field.required(path.child('verbs'), 'verbs must contain at least one value'));
  const urls = rule.nonResourceURLs ?? [];
  if (urls.length > 0) {
    if (namespaced) {
      complain(errors, path, 'nonResourceURLs', urls, ['namespaced rules cannot apply to non-resource URLs']);
    }
    if (!isEmpty(rule.apiGroups) || !isEmpty(rule.resources) || !isEmpty(rule.resourceNames)) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      complain(errors, path, 'nonResourceURLs', urls, [why]);
    }
    return;
  }
  if (isEmpty(rule.apiGroups)) {
    errors.push(field.required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  }
  if (isEmpty(rule.resources)) {
    errors.push(field.required(path.child('resources'), 'resource rules must supply at least one resource'));
  }
}

function validateRules(
  errors: Complaints,
  rules: readonly rbacv1.PolicyRule[] | null | undefined,
  namespaced: boolean,
): void {
  for (const [i, rule] of (rules ?? []).entries()) {
    validatePolicyRule(errors, field.newPath('rules').index(i), rule, namespaced);
  }
}

/** Complaints about a Role. */
export function validateRole({ rules }: rbacv1.Role): FieldError[] {
  const errors: Complaints = [];
  validateRules(errors, rules, true);
  return errors;
}

function isSelector(selector: Parameters<typeof labelSelectorAsSelector>[0]): boolean {
  try {
    labelSelectorAsSelector(selector);
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** Complaints about a ClusterRole, given what it was. */
export function validateClusterRole(role: rbacv1.ClusterRole, old?: rbacv1.ClusterRole): FieldError[] {
  const errors: Complaints = [];
  validateRules(errors, role.rules, false);
  if (!role.aggregationRule) return errors;
  const path = field.newPath('aggregationRule', 'clusterRoleSelectors');
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(field.required(path, why));
  }
  const lenient = (old?.aggregationRule?.clusterRoleSelectors ?? []).some(hasInvalidLabelValue);
  for (const [i, selector] of selectors.entries()) {
    validateLabelSelector(errors, path.index(i), selector, { allowInvalidLabelValue: lenient });
    if (!isSelector(selector)) errors.push(field.invalid(path.index(i), null, 'invalid label selector.'));
  }
  return errors;
}

function validateSubject(errors: Complaints, path: Path, subject: rbacv1.Subject, namespaced: boolean): void {
  const { kind = '', name, apiGroup = '', namespace } = subject;
  require(errors, path, 'name', name);
  switch (kind) {
    case 'ServiceAccount':
      if (name) complain(errors, path, 'name', name, isDNS1123Subdomain(name));
      if (apiGroup !== '') errors.push(field.notSupported(path.child('apiGroup'), apiGroup, ['']));
      if (!namespaced) require(errors, path, 'namespace', namespace);
      break;
    case 'User':
    case 'Group':
      oneOf(errors, path, 'apiGroup', apiGroup, [group]);
      break;
    default:
      errors.push(field.notSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']));
  }
}

type Binding = Pick<rbacv1.RoleBinding, 'roleRef' | 'subjects'>;

function validateBinding(binding: Binding, namespaced: boolean): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('roleRef');
  const { apiGroup, kind, name } = binding.roleRef ?? {};
  oneOf(errors, path, 'apiGroup', apiGroup, [group]);
  oneOf(errors, path, 'kind', kind, namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']);
  if (require(errors, path, 'name', name)) complain(errors, path, 'name', name, isPathSegmentName(name ?? ''));
  for (const [i, subject] of (binding.subjects ?? []).entries()) {
    validateSubject(errors, field.newPath('subjects').index(i), subject, namespaced);
  }
  return errors;
}

function sameRoleRef(a: rbacv1.RoleRef, b: rbacv1.RoleRef): boolean {
  return a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name;
}

export function checkRoleRef(binding: Binding, old: Binding): FieldError[] {
  if (sameRoleRef(binding.roleRef, old.roleRef)) return [];
  const value = goValueOf('rbac/v1.RoleRef', binding.roleRef);
  return [field.invalid(field.newPath('roleRef'), value, 'cannot change roleRef')];
}

/** Complaints about a RoleBinding. */
export const validateRoleBinding = (binding: rbacv1.RoleBinding): FieldError[] => validateBinding(binding, true);

/** Complaints about a ClusterRoleBinding. */
export const validateClusterRoleBinding = (binding: rbacv1.ClusterRoleBinding): FieldError[] =>
  validateBinding(binding, false);
