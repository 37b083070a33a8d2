/** Rules of what webhooks and policies match. Upstream: pkg/apis/admissionregistration/validation/validation.go (v1.36) */
import type * as admissionregistrationv1 from '../../../../../api/admissionregistration/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isPathSegmentName } from '../../../../../apimachinery/validation.ts';
import {
  type Complaints,
  complain,
  complainAt,
  oneOf,
  require,
  requiredOneOf,
  validateLabelName,
} from '../../core/validation/complaints.ts';
import { validateLabelSelector } from '../../core/validation/labels.ts';

type Rule = admissionregistrationv1.RuleWithOperations;

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const maxConditions = 64;

function listRule(errors: Complaints, path: Path, items: readonly string[], what: string): void {
  if (items.length === 0) errors.push(field.required(path));
  if (items.length > 1 && items.includes('*')) {
    errors.push(field.invalid(path, items, `if '*' is present, must not specify other ${what}`));
  }
}

function validateResources(errors: Complaints, path: Path, resources: readonly string[]): void {
  if (resources.length === 0) errors.push(field.required(path));
  const withAllSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  let plain = false;
  for (const [i, name] of resources.entries()) {
    const slash = name.indexOf('/');
    if (name === '') errors.push(field.required(path.index(i)));
    else if (slash < 0) plain = name !== '*';
    else {
      const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)];
      const clash = (there: string): void => {
        errors.push(field.invalid(path.index(i), name, `if '${there}' is present, must not specify ${name}`));
      };
      if (withAllSubresources.has(resource)) clash(`${resource}/*`);
      if (ofAllResources.has(subresource)) clash(`*/${subresource}`);
      if (subresource === '*') withAllSubresources.add(resource);
      if (resource === '*') ofAllResources.add(subresource);
    }
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(field.invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && plain) {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.push(field.invalid(path, resources, why));
  }
}

/** Complains about a rule. `allowed`: the operations it may name. Upstream: validateRuleWithOperations */
export function validateRule(
  errors: Complaints,
  path: Path,
  rule: Rule,
  allowed: readonly string[] = operations,
): void {
  const named: readonly string[] = rule.operations ?? [];
  listRule(errors, path.child('operations'), named, 'operations');
  for (const [i, operation] of named.entries()) {
    if (!allowed.includes(operation)) {
      errors.push(field.notSupported(path.child('operations').index(i), operation, allowed));
    }
  }
  listRule(errors, path.child('apiGroups'), rule.apiGroups ?? [], 'API groups');
  const versions = rule.apiVersions ?? [];
  listRule(errors, path.child('apiVersions'), versions, 'API versions');
  for (const [i, version] of versions.entries()) {
    if (version === '') errors.push(field.required(path.child('apiVersions').index(i)));
  }
  validateResources(errors, path.child('resources'), rule.resources ?? []);
  if (rule.scope !== undefined) oneOf(errors, path, 'scope', rule.scope, ['*', 'Cluster', 'Namespaced']);
}

/** Complains about match conditions. Upstream: validateMatchConditions. Differs: expressions are not compiled. */
export function validateMatchConditions(
  errors: Complaints,
  path: Path,
  conditions: readonly admissionregistrationv1.MatchCondition[] = [],
): void {
  const names = new Set<string>();
  if (conditions.length > maxConditions) errors.push(field.tooMany(path, conditions.length, maxConditions));
  for (const [i, { name, expression }] of conditions.entries()) {
    const at = path.index(i);
    require(errors, at, 'expression', (expression ?? '').trim());
    if (!require(errors, at, 'name', name)) continue;
    validateLabelName(errors, at, 'name', name);
    if (names.has(name)) errors.push(field.duplicate(at.child('name'), name));
    names.add(name);
  }
}

type MatchResources = admissionregistrationv1.MatchResources;

function validateNamedRules(
  errors: Complaints,
  path: Path,
  rules: readonly admissionregistrationv1.NamedRuleWithOperations[] | undefined,
  allowed: readonly string[],
): void {
  for (const [i, rule] of (rules ?? []).entries()) {
    const names = rule.resourceNames ?? [];
    for (const [k, name] of names.entries()) {
      const at = path.index(i).child('resourceNames').index(k);
      complainAt(errors, at, name, isPathSegmentName(name));
      if (names.indexOf(name) < k) errors.push(field.duplicate(at, name));
    }
    validateRule(errors, path.index(i), rule, allowed);
  }
}

/** Complains about a member that is absent, or is none of those: the empty text is not absent. */
export function setToOneOf(
  errors: Complaints,
  path: Path,
  name: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  if (value === undefined) errors.push(field.required(path.child(name)));
  else oneOf(errors, path, name, value, allowed);
}

/** Complains about what a policy or a binding matches. Upstream: validateMatchResources */
export function validateMatchResources(
  errors: Complaints,
  path: Path,
  match: MatchResources | undefined,
  allowed: readonly string[] = operations,
): void {
  if (!match) return;
  setToOneOf(errors, path, 'matchPolicy', match.matchPolicy, ['Equivalent', 'Exact']);
  for (const name of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[name]) validateLabelSelector(errors, path.child(name), match[name]);
    else errors.push(field.required(path.child(name)));
  }
  validateNamedRules(errors, path.child('resourceRules'), match.resourceRules, allowed);
  validateNamedRules(errors, path.child('excludeResourceRules'), match.excludeResourceRules, allowed);
}

/** Complains about a binding's reference to parameters. Upstream: validateParamRef */
export function validateParamRef(
  errors: Complaints,
  path: Path,
  ref: admissionregistrationv1.ParamRef | undefined,
): void {
  if (!ref) return;
  const { name, selector, parameterNotFoundAction: action } = ref;
  const both = 'name and selector are mutually exclusive';
  if (name) {
    complain(errors, path, 'name', name, isPathSegmentName(name));
    if (selector) errors.push(field.forbidden(path.child('name'), both));
  }
  if (selector) {
    validateLabelSelector(errors, path.child('selector'), selector);
    if (name) errors.push(field.forbidden(path.child('selector'), both));
  }
  if (!name && !selector) errors.push(field.required(path, 'one of name or selector must be specified'));
  requiredOneOf(errors, path, 'parameterNotFoundAction', action, ['Deny', 'Allow']);
}
