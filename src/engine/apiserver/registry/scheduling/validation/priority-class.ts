/** Rules of PriorityClasses. Upstream: pkg/apis/scheduling/validation/validation.go (v1.36) */
import type * as schedulingv1 from '../../../../../api/scheduling/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import type { Complaints } from '../../core/validation/complaints.ts';

type PriorityClass = schedulingv1.PriorityClass;

const highestUserPriority = 1_000_000_000;
const systemValues = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
const policies = ['PreemptLowerPriority', 'Never'];

function systemComplaint({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const { name = '' } = metadata;
  const expected = systemValues.get(name);
  if (expected === undefined) return `${name} is not a known system priority class`;
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** Complaints about a new class. */
export function validatePriorityClass(object: PriorityClass): FieldError[] {
  const errors: Complaints = [];
  const { metadata, value = 0, preemptionPolicy } = object;
  if (metadata.name?.startsWith('system-')) {
    const error = systemComplaint(object);
    const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${error}`;
    if (error !== undefined) errors.push(field.forbidden(field.newPath('metadata', 'name'), why));
  } else if (value > highestUserPriority) {
    const why = `maximum allowed value of a user defined priority is ${highestUserPriority}`;
    errors.push(field.forbidden(field.newPath('value'), why));
  }
  if (preemptionPolicy === undefined) return errors;
  const path = field.newPath('preemptionPolicy');
  if ((preemptionPolicy as string) === '') errors.push(field.required(path));
  else if (!policies.includes(preemptionPolicy)) errors.push(field.notSupported(path, preemptionPolicy, policies));
  return errors;
}

/** Complaints about a change. */
export function validatePriorityClassUpdate(object: PriorityClass, old: PriorityClass): FieldError[] {
  const errors: Complaints = [];
  if (object.value !== old.value)
    errors.push(field.forbidden(field.newPath('value'), 'may not be changed in an update.'));
  validateImmutable(errors, undefined, 'preemptionPolicy', object, old);
  return errors;
}
