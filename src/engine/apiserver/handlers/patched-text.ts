import { compareStrings } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type MutableJsonObject, setMember } from '../../../apimachinery/json-value.ts';

/**
 * A patched document as text: what the patch went through stands with sorted keys, what it left alone or brought along as it was.
 *
 * Upstream: github.com/evanphx/json-patch partialDoc and lazyNode
 */
export function patchedText(patched: unknown, ...kept: readonly unknown[]): string {
  const known = new Set<unknown>();
  for (const one of kept) collect(one, known);
  return JSON.stringify(sorted(patched, known));
}

function collect(value: unknown, into: Set<unknown>): void {
  if (typeof value !== 'object' || value === null) return;
  into.add(value);
  for (const member of Object.values(value)) collect(member, into);
}

function sorted(value: unknown, known: ReadonlySet<unknown>): unknown {
  if (typeof value !== 'object' || value === null || known.has(value)) return value;
  if (!isJsonObject(value)) return (value as readonly unknown[]).map((item) => sorted(item, known));
  const out: MutableJsonObject = {};
  for (const key of Object.keys(value).sort(compareStrings)) setMember(out, key, sorted(value[key], known));
  return out;
}
