/** Rules of disruption budgets. Upstream: pkg/apis/policy/validation/validation.go (v1.36) */
import type * as policyv1 from '../../../../../api/policy/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, oneOf, validateNonnegative } from '../../core/validation/complaints.ts';
import { validateConditions } from '../../core/validation/conditions.ts';
import { isNotMoreThan100Percent, validatePositiveIntOrPercent } from '../../core/validation/int-or-percent.ts';
import { validateLabelSelector } from '../../core/validation/labels.ts';

/** Complaints about a budget, given what it was. */
export function validatePodDisruptionBudget(
  budget: policyv1.PodDisruptionBudget,
  old?: policyv1.PodDisruptionBudget,
): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('spec');
  const spec = budget.spec ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    const value = goValueOf('policy/v1.PodDisruptionBudgetSpec', spec);
    errors.push(field.invalid(path, value, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    validatePositiveIntOrPercent(errors, path, name, value);
    isNotMoreThan100Percent(errors, path, name, value);
  }
  const before: Complaints = [];
  validateLabelSelector(before, path, old?.spec?.selector);
  const options = { allowInvalidLabelValue: before.length > 0 };
  validateLabelSelector(errors, path.child('selector'), spec.selector, options);
  if (spec.unhealthyPodEvictionPolicy !== undefined) {
    const policies = ['AlwaysAllow', 'IfHealthyBudget'];
    oneOf(errors, path, 'unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies);
  }
  return errors;
}

/** Complaints about a status. */
export function validatePodDisruptionBudgetStatusUpdate({ status }: policyv1.PodDisruptionBudget): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('status');
  validateConditions(errors, path.child('conditions'), status?.conditions);
  for (const name of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) {
    validateNonnegative(errors, path, name, status?.[name]);
  }
  return errors;
}
