/** Rules that many kinds share: fields that stay as they are, counts, optional names. */
import { goValueOf, withoutEmpties } from '../../../../../api/go-value.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { GoValue } from '../../../../../apimachinery/field-error.ts';
import type { LabelSelector } from '../../../../../apimachinery/labels.ts';
import {
  type Complaints,
  complain,
  fieldImmutable,
  sortedKeys,
  validateNonnegative,
} from '../../core/validation/complaints.ts';

/**
 * Complains when the member `name` of `now` is not what it was in `before`.
 *
 * @param definition short name of the member's type, when it is printed as a Go struct
 *
 * Upstream: apimachinery/pkg/api/validation/objectmeta.go ValidateImmutableField (v1.36)
 */
export function validateImmutable<T extends object>(
  errors: Complaints,
  path: Path | undefined,
  name: keyof T & string,
  now: T | undefined,
  before: T | undefined,
  definition?: string,
): void {
  const value = now?.[name];
  if (semanticDeepEqual(value, before?.[name])) return;
  const at = path === undefined ? field.newPath(name) : path.child(name);
  errors.push(field.invalid(at, printed(value, definition), fieldImmutable));
}

/** A map with its keys in Go's order, as messages print it. */
export function sortedMap(map: Readonly<Record<string, string>> | undefined): object | null {
  return map ? Object.fromEntries(sortedKeys(map).map((key) => [key, map[key]])) : null;
}

/** A selector as messages print it. */
export function printedSelector(selector: LabelSelector | undefined): object | null {
  if (!selector) return null;
  const kept = withoutEmpties(selector) as LabelSelector;
  return kept.matchLabels ? { ...kept, matchLabels: sortedMap(kept.matchLabels) } : kept;
}

function printed(value: unknown, definition: string | undefined): unknown {
  if (definition === 'selector') return printedSelector(value as LabelSelector | undefined);
  if (definition === undefined || value === undefined || value === null) return value ?? null;
  if (!Array.isArray(value)) return goValueOf(definition, value);
  return new GoValue(`[${value.map((item) => goValueOf(definition, item).text).join(',')}]`);
}

/** Complains about each of those members that is below zero. */
export function validateCounts<T extends object>(
  errors: Complaints,
  path: Path,
  of: T | undefined,
  names: readonly (keyof T & string)[],
): void {
  for (const name of names) {
    const value = of?.[name];
    if (typeof value === 'number') validateNonnegative(errors, path, name, value);
  }
}

/** Complains about each of those members that is above the member `limit`. */
export function validateNotAbove<T extends object>(
  errors: Complaints,
  path: Path,
  of: T | undefined,
  names: readonly (keyof T & string)[],
  limit: keyof T & string,
  why = `cannot be greater than status.${limit}`,
): void {
  const most = Number(of?.[limit] ?? 0);
  for (const name of names) if (Number(of?.[name] ?? 0) > most) complain(errors, path, name, of?.[name] ?? 0, [why]);
}

interface Counted {
  readonly collisionCount?: number;
}

/** Complains about a collision count that falls. Upstream: IsDecremented (v1.36) */
export function validateCollisionCount(
  errors: Complaints,
  path: Path,
  now: Counted | undefined,
  before: Counted | undefined,
): void {
  const count = before?.collisionCount;
  if (count === undefined || (now?.collisionCount !== undefined && now.collisionCount >= count)) return;
  complain(errors, path, 'collisionCount', now?.collisionCount ?? 0, ['cannot be decremented']);
}
