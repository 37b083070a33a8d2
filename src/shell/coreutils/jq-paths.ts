/** Reads and writes what is at a path of a value. Values are never changed: each change gives a new one. */
import { describe, JqError } from './jq-error.ts';
import { compareJson, typeName } from './jq-values.ts';

/** Keys, positions and slices from the outside to the inside. */
export type Path = readonly (string | number | { readonly from: number | null; readonly to: number | null })[];

/** `.[key]`: null for what is not there. @throws JqError when the key is of no use for such a value */
export function index(target: unknown, key: unknown): unknown {
  if (target === null || target === undefined) return null;
  if (Array.isArray(target) && typeof key === 'number')
    return target[key < 0 ? target.length + Math.floor(key) : Math.floor(key)] ?? null;
  if (typeof target === 'object' && !Array.isArray(target) && typeof key === 'string')
    return Object.hasOwn(target, key) ? ((target as Record<string, unknown>)[key] ?? null) : null;
  throw new JqError(
    typeof key === 'string'
      ? `Cannot index ${typeName(target)} with "${key}"`
      : `Cannot index ${typeName(target)} with ${typeName(key)}`,
  );
}
/** `.[from:to]` of an array or a text; null of null. @throws JqError */
export function slice(target: unknown, from: unknown, to: unknown): unknown {
  if (target === null) return null;
  if (typeof target !== 'string' && !Array.isArray(target))
    throw new JqError(`Cannot index ${typeName(target)} with object`);
  return target.slice(typeof from === 'number' ? from : 0, typeof to === 'number' ? to : undefined);
}
/** `.[]`: elements, or members in their order. @throws JqError */
export function* iterate(target: unknown): Generator<unknown, void, unknown> {
  if (typeof target !== 'object' || target === null) throw new JqError(`Cannot iterate over ${describe(target)}`);
  yield* Object.values(target);
}

/** The path of a value and of all inside it, from the outside to the inside. */
export function* everyPath(value: unknown, base: Path): Generator<Path, void, unknown> {
  yield base;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* everyPath(inner, [...base, Array.isArray(value) ? Number(key) : key]);
}

/** What is at a path; null where something on the way is. @throws JqError */
export function getPath(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) at = typeof key === 'object' ? slice(at, key.from, key.to) : index(at, key);
  return at;
}
/** A copy with another value at a path; what lies between is made. @throws JqError */
export function setPath(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (typeof key === 'object') {
    const list = Array.isArray(value) ? value : [];
    const [from, to] = [key.from ?? 0, key.to ?? list.length];
    const middle = setPath(list.slice(from, to), rest, replacement);
    return [...list.slice(0, from), ...(Array.isArray(middle) ? middle : []), ...list.slice(to)];
  }
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeName(value)} with number`);
    const list: unknown[] = Array.isArray(value) ? [...value] : [];
    const at = key < 0 ? list.length + key : key;
    while (list.length < at) list.push(null);
    list[at] = setPath(list[at] ?? null, rest, replacement);
    return list;
  }
  if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value)))
    throw new JqError(`Cannot index ${typeName(value)} with "${key}"`);
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [key]: setPath(object[key] ?? null, rest, replacement) };
}
/** A copy without what is at these paths, the last first, so that positions stay right. */
export function deletePaths(value: unknown, all: readonly Path[]): unknown {
  const sorted = [...all].sort((a, b) => -compareJson(a, b));
  return sorted.reduce((current, path) => deletePath(current, path), value);
}
function deletePath(value: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    if (typeof key === 'object') return [...value.slice(0, key.from ?? 0), ...value.slice(key.to ?? value.length)];
    const at = Number(key) < 0 ? value.length + Number(key) : Number(key);
    return rest.length === 0
      ? value.filter((_, position) => position !== at)
      : value.map((item, position) => (position === at ? deletePath(item, rest) : item));
  }
  const object = value as Record<string, unknown>;
  if (typeof key !== 'string' || !Object.hasOwn(object, key)) return value;
  if (rest.length > 0) return { ...object, [key]: deletePath(object[key], rest) };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
