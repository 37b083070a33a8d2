/** Rules of `metav1.Condition`. Upstream: apimachinery/pkg/apis/meta/v1/validation ValidateConditions (v1.36) */
import type * as metav1 from '../../../../../api/meta/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isQualifiedName, regexError } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require } from './complaints.ts';

const maxReasonLength = 1024;
const maxMessageLength = 32 * 1024;
const reasonFormat = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonPattern = new RegExp(`^${reasonFormat}$`);
const reasonText = regexError(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  reasonFormat,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);

function validateCondition(errors: Complaints, path: Path, condition: metav1.Condition): void {
  const { type = '', status, reason = '', message = '', lastTransitionTime, observedGeneration = 0 } = condition;
  complain(errors, path, 'type', type, isQualifiedName(type));
  oneOf(errors, path, 'status', status, ['False', 'True', 'Unknown']);
  if (observedGeneration < 0) {
    complain(errors, path, 'observedGeneration', observedGeneration, ['must be greater than or equal to zero']);
  }
  if (!lastTransitionTime) errors.push(field.required(path.child('lastTransitionTime')));
  if (require(errors, path, 'reason', reason)) {
    if (!reasonPattern.test(reason)) complain(errors, path, 'reason', reason, [reasonText]);
    if (byteLength(reason) > maxReasonLength) errors.push(field.tooLong(path.child('reason'), maxReasonLength));
  }
  if (byteLength(message) > maxMessageLength) errors.push(field.tooLong(path.child('message'), maxMessageLength));
}

/** Complains about a list of conditions; `path` is the list's. */
export function validateConditions(
  errors: Complaints,
  path: Path,
  conditions: readonly metav1.Condition[] | undefined,
): void {
  const types = new Set<string>();
  for (const [i, condition] of (conditions ?? []).entries()) {
    const at = path.index(i);
    const type = condition.type ?? '';
    if (types.has(type)) errors.push(field.duplicate(at.child('type'), type));
    types.add(type);
    validateCondition(errors, at, condition);
  }
}
