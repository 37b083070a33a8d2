/** Rules of values that are a number or a percentage. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { IntOrString } from '../../../../../apimachinery/int-or-string.ts';
import { isValidPercent } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, validateNonnegative } from './complaints.ts';

/** Not negative, or a percentage. Upstream: ValidatePositiveIntOrPercent */
export function validatePositiveIntOrPercent(errors: Complaints, path: Path, name: string, value: IntOrString): void {
  if (typeof value === 'string') complain(errors, path, name, value, isValidPercent(value));
  else validateNonnegative(errors, path, name, value);
}

/** Upstream: IsNotMoreThan100Percent */
export function isNotMoreThan100Percent(errors: Complaints, path: Path, name: string, value: IntOrString): void {
  if (typeof value !== 'string' || isValidPercent(value).length > 0 || Number(value.slice(0, -1)) <= 100) return;
  complain(errors, path, name, value, ['must not be greater than 100%']);
}
