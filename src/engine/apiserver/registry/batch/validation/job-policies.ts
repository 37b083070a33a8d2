/** Rules of jobs' policies of failure and success. Upstream: pkg/apis/batch/validation/validation.go (v1.36) */
import type * as batchv1 from '../../../../../api/batch/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { byteLength } from '../../../../../apimachinery/validation.ts';
import {
  type Complaints,
  complain,
  oneOf,
  validateLabelName,
  validateNonnegative,
} from '../../core/validation/complaints.ts';
import { countIndexes } from './job-indexes.ts';

type Spec = batchv1.JobSpec;

const maxRules = 20;
const maxExitCodes = 255;
const maxIndexesLength = 64 * 1024;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

function choice(
  errors: Complaints,
  path: Path,
  name: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  if (value) oneOf(errors, path, name, value, allowed);
  else errors.push(field.required(path.child(name), `valid values: [${allowed.map(quote).join(' ')}]`));
}

function validateExitCodes(
  errors: Complaints,
  path: Path,
  requirement: batchv1.PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
): void {
  const { operator, containerName, values } = requirement;
  choice(errors, path, 'operator', operator, ['In', 'NotIn']);
  if (containerName !== undefined && !containers.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    complain(errors, path, 'containerName', containerName, [why]);
  }
  const codes: readonly number[] = values ?? [];
  const at = path.child('values');
  if (codes.length === 0) errors.push(field.invalid(at, values, 'at least one value is required'));
  else if (codes.length > maxExitCodes) errors.push(field.tooMany(at, codes.length, maxExitCodes));
  for (const [i, code] of codes.entries()) {
    if (operator === 'In' && code === 0) {
      errors.push(field.invalid(at.index(i), code, 'must not be 0 for the In operator'));
    }
    if (codes.indexOf(code) < i) errors.push(field.duplicate(at.index(i), code));
  }
  if (codes.some((code, i) => (codes[i - 1] ?? code) > code)) errors.push(field.invalid(at, values, 'must be ordered'));
}

function validateFailureRule(
  errors: Complaints,
  path: Path,
  rule: batchv1.PodFailurePolicyRule,
  spec: Spec,
  containers: ReadonlySet<string>,
): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action !== 'FailIndex') choice(errors, path, 'action', action, actions);
  else if (spec.backoffLimitPerIndex === undefined) {
    complain(errors, path, 'action', action, ['requires the backoffLimitPerIndex to be set']);
  }
  if (onExitCodes) validateExitCodes(errors, path.child('onExitCodes'), onExitCodes, containers);
  const at = path.child('onPodConditions');
  if (onPodConditions.length > maxRules) errors.push(field.tooMany(at, onPodConditions.length, maxRules));
  for (const [i, { type, status }] of onPodConditions.entries()) {
    validateLabelName(errors, at.index(i), 'type', type);
    choice(errors, at.index(i), 'status', status, ['False', 'True', 'Unknown']);
  }
  if ((onExitCodes !== undefined) !== onPodConditions.length > 0) return;
  const why = onExitCodes
    ? 'specifying both OnExitCodes and OnPodConditions is not supported'
    : 'specifying one of OnExitCodes and OnPodConditions is required';
  errors.push(field.invalid(path, field.omitValue, why));
}

/** Upstream: validatePodFailurePolicy */
export function validatePodFailurePolicy(errors: Complaints, path: Path, spec: Spec): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = path.child('rules');
  if (rules.length > maxRules) errors.push(field.tooMany(at, rules.length, maxRules));
  const { containers, initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...(containers ?? []), ...initContainers].map(({ name }) => name));
  for (const [i, rule] of rules.entries()) validateFailureRule(errors, at.index(i), rule, spec, names);
}

function validateSuccessRule(
  errors: Complaints,
  path: Path,
  { succeededCount, succeededIndexes }: batchv1.SuccessPolicyRule,
  completions: number,
): void {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(field.required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let total = 0;
  if (succeededIndexes !== undefined) {
    if (byteLength(succeededIndexes) > maxIndexesLength) {
      errors.push(field.tooLong(path.child('succeededIndexes'), maxIndexesLength));
    }
    const count = countIndexes(succeededIndexes, completions);
    if (typeof count === 'number') total = count;
    else complain(errors, path, 'succeededIndexes', succeededIndexes, [`error parsing succeededIndexes: ${count}`]);
  }
  if (succeededCount === undefined) return;
  validateNonnegative(errors, path, 'succeededCount', succeededCount);
  const atMost = (limit: number, what: string): void => {
    const why = `must be less than or equal to ${limit} (the number of ${what})`;
    if (succeededCount > limit) complain(errors, path, 'succeededCount', succeededCount, [why]);
  };
  atMost(completions, 'specified completions');
  if (succeededIndexes !== undefined) atMost(total, 'indexes in the specified succeededIndexes field');
}

/** Upstream: validateSuccessPolicy */
export function validateSuccessPolicy(errors: Complaints, path: Path, spec: Spec): void {
  const rules = spec.successPolicy?.rules ?? [];
  const at = path.child('rules');
  if (rules.length === 0) {
    errors.push(field.required(at, 'at least one rules must be specified when the successPolicy is specified'));
  }
  if (rules.length > maxRules) errors.push(field.tooMany(at, rules.length, maxRules));
  for (const [i, rule] of rules.entries()) validateSuccessRule(errors, at.index(i), rule, spec.completions ?? 0);
}
