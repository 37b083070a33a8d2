/**
 * Building blocks of validation. Rules push onto one list; a path is made when something is wrong, or when a deeper struct is
 * there to look at, so that a good object costs next to nothing.
 */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { compareStrings } from '../../../../../apimachinery/go-format.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';

/** What a rule writes its complaints to. */
export type Complaints = FieldError[];

/** The text of a field whose value may not be changed. */
export const fieldImmutable = 'field is immutable';
/** The text for a value below zero. */
export const isNegative = 'must be greater than or equal to 0';
/** The text for a value below one. */
export const isNotPositive = 'must be greater than zero';

/** One `Invalid value` for each message, about the member `name` of what stands at `path`. */
export function complain(
  errors: Complaints,
  path: Path,
  name: string,
  value: unknown,
  messages: readonly string[],
): void {
  for (const why of messages) errors.push(field.invalid(path.child(name), value, why));
}

/** One `Invalid value` for each message, about what stands at `path` itself. */
export function complainAt(errors: Complaints, path: Path, value: unknown, messages: readonly string[]): void {
  for (const why of messages) errors.push(field.invalid(path, value, why));
}

/** Complains about an absent or empty text. Gives whether it is there. */
export function require(errors: Complaints, path: Path, name: string, value: string | undefined, detail = ''): boolean {
  if (value) return true;
  errors.push(field.required(path.child(name), detail));
  return false;
}

/** Complains about a value that is not one of those, which are listed in the given order. */
export function oneOf(
  errors: Complaints,
  path: Path,
  name: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  if (!allowed.includes(value ?? '')) errors.push(field.notSupported(path.child(name), value ?? '', allowed));
}

/** As `oneOf`; an empty value is `Required value`. */
export function requiredOneOf(
  errors: Complaints,
  path: Path,
  name: string,
  value: string | undefined,
  allowed: readonly string[],
): void {
  if (require(errors, path, name, value)) oneOf(errors, path, name, value, allowed);
}

/** Upstream: ValidateNonnegativeField (v1.36) */
export function validateNonnegative(errors: Complaints, path: Path, name: string, value: number | undefined): void {
  if ((value ?? 0) < 0) errors.push(field.invalid(path.child(name), value, isNegative));
}

/** Upstream: ValidatePositiveField (v1.36) */
export function validatePositive(errors: Complaints, path: Path, name: string, value: number | undefined): void {
  if ((value ?? 0) <= 0) errors.push(field.invalid(path.child(name), value ?? 0, isNotPositive));
}

/** Upstream: ValidatePositiveQuantityValue (v1.36) */
export function validatePositiveQuantity(errors: Complaints, path: Path, value: string): boolean {
  const quantity = parseQuantity(value);
  if (quantity.sign > 0) return true;
  errors.push(field.invalid(path, quantity.toString(), isNotPositive));
  return false;
}

/** The name of a label. Upstream: apis/meta/v1/validation ValidateLabelName (v1.36) */
export function validateLabelName(errors: Complaints, path: Path, name: string, value: string | undefined): void {
  complain(errors, path, name, value ?? '', isQualifiedName(value ?? ''));
}

/** Keys in Go's order; upstream ranges over maps at random. */
export function sortedKeys(map: object | undefined): string[] {
  if (map === undefined) return [];
  const keys = Object.keys(map);
  return keys.length > 1 ? keys.sort(compareStrings) : keys;
}
