/** Rules of how much of a device's capacity may be asked for. Upstream: pkg/apis/resource/validation/validation.go validateRequestPolicy (v1.36) */
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { parseQuantity, type Quantity } from '../../../../../apimachinery/quantity.ts';
import type { Complaints } from '../../core/validation/complaints.ts';
import { validateSet } from './field-rules.ts';

const maxOptions = 10;

/** Complains about a policy; `capacity` is all there is. */
export function validateRequestPolicy(
  errors: Complaints,
  path: Path,
  policy: resourcev1.CapacityRequestPolicy,
  capacity: string,
): void {
  const { default: chosen, validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';
    errors.push(field.forbidden(path, why));
    return;
  }
  const name = validValues.length > 0 ? 'validValues' : 'validRange';
  if (validValues.length === 0 && !validRange) return;
  if (chosen === undefined || chosen === null) {
    errors.push(field.required(path.child('default'), `required when ${name} is defined`));
    return;
  }
  const most = parseQuantity(capacity);
  const usual = parseQuantity(chosen);
  if (validRange) validateRange(errors, path.child(name), validRange, { most, usual });
  else validateValues(errors, path.child(name), validValues.map(parseQuantity), { most, usual });
}

interface Bounds {
  readonly most: Quantity;
  readonly usual: Quantity;
}

function validateValues(errors: Complaints, path: Path, values: readonly Quantity[], { most, usual }: Bounds): void {
  for (const [i, value] of values.entries()) {
    const next = values[i + 1];
    if (!next || value.cmp(next) <= 0) continue;
    errors.push(field.invalid(path.index(i + 1), next.toString(), 'values must be sorted in ascending order'));
  }
  const found = values.length <= maxOptions && values.some((value) => value.cmp(usual) === 0);
  validateSet(errors, path, values, {
    maxSize: maxOptions,
    rule: (value, at) => {
      if (value.cmp(most) <= 0) return;
      errors.push(field.invalid(at, value.toString(), `option is larger than capacity value: ${most.toString()}`));
    },
    key: (value) => String(value.value()),
  });
  if (found) return;
  errors.push(field.invalid(path, usual.toString(), 'default value is not valid according to the requestPolicy'));
}

function validateRange(
  errors: Complaints,
  path: Path,
  range: resourcev1.CapacityRequestPolicyRange,
  { most, usual }: Bounds,
): void {
  const at = (name: string) => (value: Quantity, why: string) =>
    errors.push(field.invalid(path.child(name), value.toString(), why));
  if (range.min === undefined || range.min === null) {
    errors.push(field.required(path.child('min'), 'required when validRange is defined'));
    return;
  }
  const min = parseQuantity(range.min);
  const max = range.max === undefined ? undefined : parseQuantity(range.max);
  const [wrongMin, wrongMax, wrongStep] = [at('min'), at('max'), at('step')];
  if (min.cmp(most) > 0) wrongMin(min, `min is larger than capacity value: ${most.toString()}`);
  if (usual.cmp(min) < 0) wrongMin(usual, `default is less than min: ${min.toString()}`);
  if (max) {
    if (min.cmp(max) > 0) wrongMax(min, `min is larger than max: ${max.toString()}`);
    if (max.cmp(most) > 0) wrongMax(max, `max is larger than capacity value: ${most.toString()}`);
    if (usual.cmp(max) > 0) wrongMax(usual, `default is more than max: ${max.toString()}`);
  }
  if (range.step === undefined) return;
  const step = parseQuantity(range.step);
  const added = min.add(step);
  if (added.cmp(most) > 0) {
    wrongStep(step, `one step ${added.toString()} is larger than capacity value: ${most.toString()}`);
  }
  for (const value of max ? [usual, max] : [usual]) {
    if (isMultiple(value, min, step)) continue;
    wrongStep(value, `value is not a multiple of a given step (${step.toString()}) from (${min.toString()})`);
  }
}

/** Whether whole steps lead from the least to the value; of a step of zero nothing is a multiple. */
function isMultiple(value: Quantity, min: Quantity, step: Quantity): boolean {
  const size = step.scaledBigInt(0);
  return size !== 0n && (value.scaledBigInt(0) - min.scaledBigInt(0)) % size === 0n;
}
