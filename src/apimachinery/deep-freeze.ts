/**
 * Freezes a JSON value and all below it, and gives it back. What is frozen already is taken to be frozen below too, so
 * values that share structure cost only what is new.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    for (const item of value) deepFreeze(item);
  } else {
    const members = value as Readonly<Record<string, unknown>>;
    for (const key in members) deepFreeze(members[key]);
  }
  return Object.freeze(value);
}
