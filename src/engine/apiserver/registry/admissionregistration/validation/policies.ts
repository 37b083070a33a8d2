/**
 * Rules of admission policies and their bindings. Upstream: pkg/apis/admissionregistration/validation/validation.go (v1.36)
 *
 * Differs: expressions are not compiled.
 */
import type * as admissionregistrationv1 from '../../../../../api/admissionregistration/v1.ts';
import { goListOf } from '../../../../../api/go-value.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import {
  byteLength,
  isDNS1035Label,
  isDNS1123Subdomain,
  isQualifiedName,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require, requiredOneOf } from '../../core/validation/complaints.ts';
import { validateConditions } from '../../core/validation/conditions.ts';
import { setToOneOf, validateMatchConditions, validateMatchResources, validateParamRef } from './rules.ts';

type ValidatingPolicy = admissionregistrationv1.ValidatingAdmissionPolicy;
type MutatingPolicy = admissionregistrationv1.MutatingAdmissionPolicy;
type ValidatingBinding = admissionregistrationv1.ValidatingAdmissionPolicyBinding;
type MutatingBinding = admissionregistrationv1.MutatingAdmissionPolicyBinding;
type PolicySpec =
  | admissionregistrationv1.ValidatingAdmissionPolicySpec
  | admissionregistrationv1.MutatingAdmissionPolicySpec;

const specPath = field.newPath('spec');
const mutatingOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const maxAuditAnnotations = 20;
const maxValueExpressionLength = 5 * 1024;
const identifier =
  /^(?!(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$)[_a-zA-Z][_a-zA-Z0-9]*$/;

const isBlank = (text: string | undefined): boolean => (text ?? '').trim() === '';

function validateParamKind(errors: Complaints, kind: admissionregistrationv1.ParamKind): void {
  const path = specPath.child('paramKind');
  const { apiVersion = '', kind: name = '' } = kind;
  const parts = apiVersion.split('/');
  const [version = '', group = ''] = parts.length === 1 ? parts : [parts[1], parts[0]];
  const wrong = (value: string, why: string): void => complain(errors, path, 'apiVersion', value, [why]);
  if (require(errors, path, 'apiVersion', apiVersion)) {
    if (parts.length > 2) wrong(apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
    else {
      const groupMessages = group === '' ? [] : isDNS1123Subdomain(group);
      if (groupMessages.length > 0) wrong(group, groupMessages.join(','));
      const messages = version === '' ? [] : isDNS1035Label(version);
      if (version === '') wrong(apiVersion, 'version must be specified');
      else if (messages.length > 0) wrong(version, messages.join(','));
    }
  }
  if (!require(errors, path, 'kind', name)) return;
  const messages = isDNS1035Label(name.toLowerCase());
  const why = `may have mixed case, but should otherwise match: ${messages.join(',')}`;
  if (messages.length > 0) complain(errors, path, 'kind', name, [why]);
}

function validateCommon(
  errors: Complaints,
  spec: PolicySpec,
  old: PolicySpec | undefined,
  operations?: string[],
): void {
  setToOneOf(errors, specPath, 'failurePolicy', spec.failurePolicy, ['Fail', 'Ignore']);
  if (spec.paramKind) validateParamKind(errors, spec.paramKind);
  const match = spec.matchConstraints;
  const path = specPath.child('matchConstraints');
  if (match) {
    validateMatchResources(errors, path, match);
    if ((match.resourceRules ?? []).length === 0) errors.push(field.required(path.child('resourceRules')));
    if (operations) validateOperations(errors, path, match);
  } else errors.push(field.required(path));
  const isSame =
    old && deepEqual(spec.paramKind, old.paramKind) && deepEqual(spec.matchConditions, old.matchConditions);
  if (!isSame) validateMatchConditions(errors, specPath.child('matchConditions'), spec.matchConditions);
  for (const [i, { name = '', expression }] of (spec.variables ?? []).entries()) {
    const at = specPath.child('variables').index(i);
    if (isBlank(name)) errors.push(field.required(at.child('name'), 'name is not specified'));
    else if (!identifier.test(name)) complain(errors, at, 'name', name, ['must be a valid CEL identifier']);
    if (isBlank(expression)) errors.push(field.required(at.child('expression'), 'expression is not specified'));
  }
}

function validateOperations(errors: Complaints, path: Path, match: admissionregistrationv1.MatchResources): void {
  for (const operation of (match.resourceRules ?? []).flatMap((rule) => rule.operations ?? [])) {
    if (mutatingOperations.includes(operation)) continue;
    errors.push(field.notSupported(path.child('resourceRules', 'operations'), operation, mutatingOperations));
  }
}

function validateValidation(errors: Complaints, path: Path, validation: admissionregistrationv1.Validation): void {
  const { expression, messageExpression, message, reason } = validation;
  if (isBlank(expression)) errors.push(field.required(path.child('expression'), 'expression is not specified'));
  const blank = 'must be non-empty if specified';
  if (messageExpression && isBlank(messageExpression)) {
    complain(errors, path, 'messageExpression', messageExpression, [blank]);
  }
  if (message && isBlank(message)) complain(errors, path, 'message', message, [blank]);
  else if (/[\n\r]/.test((message ?? '').trim())) {
    complain(errors, path, 'message', message, ['must not contain line breaks']);
  }
  if (reason !== undefined) oneOf(errors, path, 'reason', reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge']);
}

function validateAuditAnnotations(
  errors: Complaints,
  policyName: string,
  annotations: readonly admissionregistrationv1.AuditAnnotation[] = [],
): void {
  const path = specPath.child('auditAnnotations');
  const keys = new Set<string>();
  if (annotations.length > maxAuditAnnotations) {
    const value = goListOf('admissionregistration/v1.AuditAnnotation', annotations);
    errors.push(field.invalid(path, value, `must not have more than ${maxAuditAnnotations} auditAnnotations`));
  }
  for (const [i, { key = '', valueExpression = '' }] of annotations.entries()) {
    const at = path.index(i);
    const full = `${policyName}/${key}`;
    if (policyName) complain(errors, at, 'key', full, isQualifiedName(full));
    else complain(errors, at, 'key', key, ['requires metadata.name be non-empty']);
    const size = byteLength(valueExpression.trim());
    const why = size === 0 ? 'valueExpression is not specified' : 'must not exceed 5120 bytes in length';
    if (size === 0 || size > maxValueExpressionLength) errors.push(field.required(at.child('valueExpression'), why));
    if (keys.has(key)) errors.push(field.duplicate(at.child('key'), key));
    keys.add(key);
  }
}

/** Complaints about a policy that validates, given what it was. */
export function validateValidatingAdmissionPolicy(policy: ValidatingPolicy, old?: ValidatingPolicy): FieldError[] {
  const errors: Complaints = [];
  const spec = policy.spec ?? {};
  validateCommon(errors, spec, old?.spec);
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    errors.push(field.required(specPath.child('validations'), why));
    errors.push(field.required(specPath.child('auditAnnotations'), why));
    return errors;
  }
  for (const [i, one] of validations.entries()) validateValidation(errors, specPath.child('validations').index(i), one);
  validateAuditAnnotations(errors, policy.metadata.name ?? '', auditAnnotations);
  return errors;
}

/** Complaints about a status. */
export function validateValidatingAdmissionPolicyStatusUpdate({ status }: ValidatingPolicy): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('status');
  for (const [i, { warning, fieldRef }] of (status?.typeChecking?.expressionWarnings ?? []).entries()) {
    const at = path.child('typeChecking', 'expressionWarnings').index(i);
    require(errors, at, 'warning', warning);
    require(errors, at, 'fieldRef', fieldRef.trim());
  }
  validateConditions(errors, path.child('conditions'), status?.conditions);
  return errors;
}

function validateMutation(errors: Complaints, path: Path, mutation: admissionregistrationv1.Mutation): void {
  const { patchType } = mutation;
  if (!require(errors, path, 'patchType', patchType)) return;
  oneOf(errors, path, 'patchType', patchType, ['ApplyConfiguration', 'JSONPatch']);
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch') return;
  const [own, other] = patchType === 'JSONPatch' ? jsonFirst : applyFirst;
  const patch = mutation[own];
  if (!patch) errors.push(field.required(path.child(own), `must be specified when patchType is ${patchType}`));
  else require(errors, path.child(own), 'expression', (patch.expression ?? '').trim());
  if (mutation[other]) {
    complain(errors, path, other, `{${other}}`, [`must not be specified when patchType is ${patchType}`]);
  }
}

const jsonFirst = ['jsonPatch', 'applyConfiguration'] as const;
const applyFirst = ['applyConfiguration', 'jsonPatch'] as const;

/** Complaints about a policy that mutates, given what it was. */
export function validateMutatingAdmissionPolicy(policy: MutatingPolicy, old?: MutatingPolicy): FieldError[] {
  const errors: Complaints = [];
  const spec = policy.spec ?? {};
  validateCommon(errors, spec, old?.spec, mutatingOperations);
  const { mutations = [] } = spec;
  const path = specPath.child('mutations');
  if (mutations.length === 0) errors.push(field.required(path, 'mutations must contain at least one item'));
  for (const [i, mutation] of mutations.entries()) validateMutation(errors, path.index(i), mutation);
  requiredOneOf(errors, specPath, 'reinvocationPolicy', spec.reinvocationPolicy, ['IfNeeded', 'Never']);
  return errors;
}

function validateBinding({ spec = {} }: ValidatingBinding | MutatingBinding): Complaints {
  const errors: Complaints = [];
  const { policyName = '', paramRef, matchResources } = spec;
  if (require(errors, specPath, 'policyName', policyName)) {
    complain(errors, specPath, 'policyName', policyName, isDNS1123Subdomain(policyName));
  }
  validateParamRef(errors, specPath.child('paramRef'), paramRef);
  validateMatchResources(errors, specPath.child('matchResources'), matchResources);
  return errors;
}

/** Complaints about a binding of a policy that mutates. */
export function validateMutatingAdmissionPolicyBinding(binding: MutatingBinding): FieldError[] {
  const errors = validateBinding(binding);
  const match = binding.spec?.matchResources;
  if (match) validateOperations(errors, specPath.child('matchResources'), match);
  return errors;
}

/** Complaints about a binding of a policy that validates. */
export function validateValidatingAdmissionPolicyBinding(binding: ValidatingBinding): FieldError[] {
  const errors = validateBinding(binding);
  const actions: readonly string[] = binding.spec?.validationActions ?? [];
  const path = specPath.child('validationActions');
  for (const [i, action] of actions.entries()) {
    if (!['Audit', 'Deny', 'Warn'].includes(action)) {
      errors.push(field.notSupported(path.index(i), action, ['Audit', 'Deny', 'Warn']));
    }
    if (actions.indexOf(action) < i) errors.push(field.duplicate(path.index(i), action));
  }
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(field.invalid(path, actions, why));
  }
  if (actions.length === 0) errors.push(field.required(path, 'at least one validation action is required'));
  return errors;
}
