import { formatValue } from '../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { metaOf } from '../object.ts';
import { printLabelsAndAnnotations, printNames, sortedKeys } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { type Describe } from './session.ts';

const acronyms = new Set(['API', 'URL', 'UID', 'GUID']);
const skipped = new Set(
  ['managedFields', 'name', 'namespace', 'labels', 'annotations'].map((key) => `.metadata.${key}`),
);

/** Any object, field by field. Upstream: kubectl/pkg/describe/describe.go genericDescriber (v1.36) */
// biome-ignore lint/correctness/useYield: a process that never waits
export const describeGeneric: Describe = function* (object, { w }) {
  const meta = metaOf(object);
  printNames(w, meta);
  printLabelsAndAnnotations(w, meta);
  printContent(w, 0, object, '');
};

function printContent(w: PrefixWriter, level: number, content: JsonObject, path: string): void {
  for (const field of sortedKeys(content)) {
    const value = content[field];
    const at = `${path}.${field}`;
    if (skipped.has(at)) continue;
    if (isJsonObject(value)) {
      w.write(level, `${smartLabelFor(field)}:\n`);
      printContent(w, level + 1, value, at);
    } else if (Array.isArray(value)) {
      w.write(level, `${smartLabelFor(field)}:\n`);
      for (const child of value as readonly unknown[]) {
        if (isJsonObject(child)) printContent(w, level + 1, child, at);
        else w.write(level + 1, `${formatValue(child)}\n`);
      }
    } else w.write(level, `${smartLabelFor(field)}:\t${formatValue(value)}\n`);
  }
}

/** `Pod CIDRs` of `podCIDRs`. Upstream: kubectl/pkg/describe/describe.go smartLabelFor (v1.36) */
export function smartLabelFor(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const parts = mergeAcronyms(splitCamelCase(field));
  return parts
    .map((part) => {
      if (acronyms.has(part.toUpperCase())) return part.toUpperCase();
      return part.toLowerCase() === part ? part.charAt(0).toUpperCase() + part.slice(1) : part;
    })
    .join(' ');
}

/** Runs of lower case, upper case and other letters; the last capital of a run belongs to the word behind it. */
function splitCamelCase(text: string): string[] {
  const runs = text.match(/\p{Ll}+|\p{Lu}+|[^\p{Ll}\p{Lu}]+/gu) ?? [];
  const words: string[] = [...runs];
  for (let index = 0; index + 1 < words.length; index++) {
    const [word = '', next = ''] = [words[index], words[index + 1]];
    if (!/^\p{Lu}/u.test(word) || !/^\p{Ll}/u.test(next)) continue;
    words[index] = word.slice(0, -1);
    words[index + 1] = word.slice(-1) + next;
  }
  return words.filter((word) => word !== '');
}

/** `CIDRs` was cut into `CID` and `Rs`. */
function mergeAcronyms(parts: readonly string[]): string[] {
  const merged: string[] = [];
  for (let index = 0; index < parts.length; index++) {
    const [part = '', next = ''] = [parts[index], parts[index + 1]];
    if (part.length >= 2 && !/\p{Ll}/u.test(part) && /^\p{Lu}/u.test(next)) {
      merged.push(part + next);
      index++;
    } else merged.push(part);
  }
  return merged;
}
