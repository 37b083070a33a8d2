/** Order and arithmetic of jq's values. Errors are TypeErrors with jq's texts. */

/** `null`, `boolean`, `number`, `string`, `array` or `object`. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const rank = (value: unknown) =>
  value === null || value === undefined
    ? 0
    : value === false
      ? 1
      : value === true
        ? 2
        : typeof value === 'number'
          ? 3
          : typeof value === 'string'
            ? 4
            : Array.isArray(value)
              ? 5
              : 6;

/** jq's order: null, false, true, numbers, strings, arrays, objects. */
export function compareJson(a: unknown, b: unknown): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const order = compareJson(a[at], b[at]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return 0;
  const [keys, others] = [Object.keys(a).sort(), Object.keys(b).sort()];
  const order = compareJson(keys, others);
  if (order !== 0) return order;
  for (const key of keys) {
    const inner = compareJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]);
    if (inner !== 0) return inner;
  }
  return 0;
}

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'null';
  return `${typeName(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
};
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Numbers and texts add up, lists follow each other, objects merge, null is nothing. @throws TypeError */
export function jqAdd(a: unknown, b: unknown): unknown {
  if (a === null || a === undefined) return b;
  if (b === null || b === undefined) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (isObject(a) && isObject(b)) return { ...a, ...b };
  throw new TypeError(`${shown(a)} and ${shown(b)} cannot be added`);
}
/** Numbers; lists without the elements of another. @throws TypeError */
export function jqSubtract(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (Array.isArray(a) && Array.isArray(b))
    return a.filter((each) => !b.some((other) => compareJson(each, other) === 0));
  throw new TypeError(`${shown(a)} and ${shown(b)} cannot be subtracted`);
}
/** Numbers; a text so many times; objects merged at all depths. @throws TypeError */
export function jqMultiply(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'string' && typeof b === 'number') return b > 0 ? a.repeat(Math.max(1, Math.floor(b))) : null;
  if (isObject(a) && isObject(b)) return mergeDeep(a, b);
  throw new TypeError(`${shown(a)} and ${shown(b)} cannot be multiplied`);
}
function mergeDeep(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = out[key];
    out[key] = isObject(before) && isObject(value) ? mergeDeep(before, value) : value;
  }
  return out;
}
/** Numbers; a text split at another. @throws TypeError, for the divisor 0 as well */
export function jqDivide(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) throw new TypeError(`${shown(a)} and ${shown(b)} cannot be divided because the divisor is zero`);
    return a / b;
  }
  if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b);
  throw new TypeError(`${shown(a)} and ${shown(b)} cannot be divided`);
}
