/** Rules of flow schemas. Upstream: pkg/apis/flowcontrol/validation/validation.go (v1.36). Differs: mandatory ones may differ. */
import type * as flowcontrolv1 from '../../../../../api/flowcontrol/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, oneOf, require } from '../../core/validation/complaints.ts';

type FlowSchema = flowcontrolv1.FlowSchema;

const maxPrecedence = 10_000;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const subjects = [
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
] as const;

function validateVerbs(errors: Complaints, path: Path, stated: readonly string[] | undefined): void {
  const list = stated ?? [];
  const at = path.child('verbs');
  if (list.length === 0) errors.push(field.required(at, 'verbs must contain at least one value'));
  else if (list.includes('*')) {
    if (list.length > 1) errors.push(field.invalid(at, list, "if '*' is present, must not specify other verbs"));
  } else if (list.some((verb) => !verbs.includes(verb))) errors.push(field.notSupported(at, list, verbs));
}

function validateList(errors: Complaints, at: Path, list: readonly string[], none: string, others: string): boolean {
  if (list.length === 0) errors.push(field.required(at, none));
  else if (list.length > 1 && list.includes('*')) {
    errors.push(field.invalid(at, list, `if '*' is present, must not specify other ${others}`));
  }
  return list.length > 0 && !list.includes('*');
}

function validateSubject(errors: Complaints, path: Path, subject: flowcontrolv1.Subject): void {
  const kinds = ['Group', 'ServiceAccount', 'User'];
  if (!kinds.includes(subject.kind)) {
    oneOf(errors, path, 'kind', subject.kind, kinds);
    return;
  }
  const { serviceAccount } = subject;
  for (const [kind, name] of subjects) {
    const at = path.child(name);
    if (kind !== subject.kind) continue;
    if (!subject[name]) errors.push(field.required(at, `${name} is required when subject kind is '${kind}'`));
    else if (require(errors, at, 'name', subject[name].name) && serviceAccount && kind === 'ServiceAccount') {
      if (serviceAccount.name !== '*') {
        complain(errors, at, 'name', serviceAccount.name, isDNS1123Subdomain(serviceAccount.name));
      }
    }
    if (kind !== 'ServiceAccount' || !serviceAccount) continue;
    const { namespace } = serviceAccount;
    if (require(errors, at, 'namespace', namespace, 'must specify namespace for service account')) {
      complain(errors, at, 'namespace', namespace, isDNS1123Label(namespace));
    }
  }
  for (const [kind, name] of subjects) {
    if (kind === subject.kind || !subject[name]) continue;
    errors.push(field.forbidden(path.child(name), `${name} is forbidden when subject kind is not '${kind}'`));
  }
}

function validateResourceRule(errors: Complaints, path: Path, rule: flowcontrolv1.ResourcePolicyRule): void {
  const { clusterScope } = rule;
  const apiGroups = rule.apiGroups ?? [];
  const resources = rule.resources ?? [];
  const namespaces: readonly string[] = rule.namespaces ?? [];
  validateVerbs(errors, path, rule.verbs);
  const groupless = 'resource rules must supply at least one api group';
  validateList(errors, path.child('apiGroups'), apiGroups, groupless, 'api groups');
  const resourceless = 'resource rules must supply at least one resource';
  validateList(errors, path.child('resources'), resources, resourceless, 'resources');
  const at = path.child('namespaces');
  const why = 'resource rules that are not cluster scoped must supply at least one namespace';
  if (clusterScope && namespaces.length === 0) return;
  if (!validateList(errors, at, namespaces, why, 'namespaces')) return;
  const rules = "each member of this list must be '*' or a DNS-1123 label; ";
  for (const [i, name] of namespaces.entries()) {
    complainAt(
      errors,
      at.index(i),
      name,
      isDNS1123Label(name).map((message) => rules + message),
    );
  }
}

function validateRule(errors: Complaints, path: Path, rule: flowcontrolv1.PolicyRulesWithSubjects): void {
  const { resourceRules = [], nonResourceRules = [] } = rule;
  const listed: readonly flowcontrolv1.Subject[] = rule.subjects ?? [];
  if (listed.length === 0)
    errors.push(field.required(path.child('subjects'), 'subjects must contain at least one value'));
  for (const [i, subject] of listed.entries()) validateSubject(errors, path.child('subjects').index(i), subject);
  if (resourceRules.length + nonResourceRules.length === 0) {
    errors.push(field.required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  for (const [i, one] of resourceRules.entries())
    validateResourceRule(errors, path.child('resourceRules').index(i), one);
  for (const [i, one] of nonResourceRules.entries()) {
    const at = path.child('nonResourceRules').index(i);
    validateVerbs(errors, at, one.verbs);
    const none = 'nonResourceURLs must contain at least one value';
    const urls = at.child('nonResourceURLs');
    if (!validateList(errors, urls, one.nonResourceURLs ?? [], none, 'non-resource URLs')) continue;
    for (const [k, url] of one.nonResourceURLs.entries()) {
      if (url === '') errors.push(field.invalid(urls.index(k), url, 'must not be empty'));
      else if (!url.startsWith('/')) errors.push(field.invalid(urls.index(k), url, 'must start with slash'));
    }
  }
}

/** Complaints about a flow schema. */
export function validateFlowSchema({ metadata, spec }: FlowSchema): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('spec');
  if (!spec) return errors;
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method } = spec;
  const wrong = (why: string): void => complain(errors, path, 'matchingPrecedence', precedence, [why]);
  if (precedence <= 0) wrong('must be a positive value');
  if (precedence > maxPrecedence) wrong(`must not be greater than ${maxPrecedence}`);
  if (precedence === 1 && metadata.name !== 'exempt')
    wrong("only the schema named 'exempt' may have matchingPrecedence 1");
  const methods = ['ByNamespace', 'ByUser'];
  if (method && !methods.includes(method.type)) {
    const value = goValueOf('flowcontrol/v1.FlowDistinguisherMethod', method);
    errors.push(field.notSupported(path.child('distinguisherMethod', 'type'), value, methods));
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const at = path.child('priorityLevelConfiguration');
  if (require(errors, at, 'name', level, 'must reference a priority level')) {
    complain(errors, at, 'name', level, isDNS1123Subdomain(level));
  }
  for (const [i, rule] of (spec.rules ?? []).entries()) validateRule(errors, path.child('rules').index(i), rule);
  return errors;
}
