import { setMember } from './json-value.ts';
import type { JsonObject } from './json-value.ts';

/**
 * `next` with every subtree that equals its counterpart in `previous` replaced by that counterpart: the whole of
 * `previous` when all is equal. So history costs only what changed, and unchanged parts compare by identity.
 * List items are matched by place, and by place from the end past the first difference.
 *
 * Neither argument is changed; parts of `next` that have nothing in common are given back as they are.
 */
export function shareStructure<T>(previous: unknown, next: T): T {
  return share(previous, next) as T;
}

function share(previous: unknown, next: unknown): unknown {
  if (previous === next) return previous;
  if (typeof previous !== 'object' || typeof next !== 'object' || previous === null || next === null) return next;
  if (Array.isArray(next)) return Array.isArray(previous) ? shareArray(previous, next) : next;
  return Array.isArray(previous) ? next : shareObject(previous as JsonObject, next as JsonObject);
}

function shareArray(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const shift = next.length - previous.length;
  let equal = shift === 0;
  let fromEnd = false;
  let out: unknown[] | undefined;
  for (let i = 0; i < next.length; i++) {
    const counterpart = previous[fromEnd ? i - shift : i];
    const shared = share(counterpart, next[i]);
    if (shared !== next[i]) (out ??= next.slice())[i] = shared;
    if (shared !== counterpart) {
      equal = false;
      fromEnd = shift !== 0;
    }
  }
  return equal ? previous : (out ?? next);
}

function shareObject(previous: JsonObject, next: JsonObject): JsonObject {
  let equal = true;
  let shared: Record<string, unknown> | undefined;
  let count = 0;
  for (const key in next) {
    count++;
    const has = Object.hasOwn(previous, key);
    const value = has ? share(previous[key], next[key]) : next[key];
    if (!has || value !== previous[key]) equal = false;
    if (value !== next[key]) {
      shared ??= { ...next };
      setMember(shared, key, value);
    }
  }
  if (equal) for (const _ in previous) count--;
  return equal && count === 0 ? previous : (shared ?? next);
}
