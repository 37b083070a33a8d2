import { goValueOf } from '../../../../../api/go-value.ts';
import { unifiedDiff } from './unified-diff.ts';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Compact JSON on lines of its own, indented by one space, as Go does it. */
function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  let previous = '';
  for (const [part] of text.matchAll(token)) {
    const opened = previous === '{' || previous === '[';
    if (part === '}' || part === ']') {
      depth--;
      out += opened ? part : `\n${' '.repeat(depth)}${part}`;
    } else if (part === ',') out += ',';
    else if (part === ':') out += ': ';
    else {
      if (opened || previous === ',') out += `\n${' '.repeat(depth)}`;
      out += part;
      if (part === '{' || part === '[') depth++;
    }
    previous = part;
  }
  return out;
}

/**
 * What differs between two values, under the names of the API server's internal structs.
 *
 * @param definition short name of their type, such as `core/v1.PodSpec`
 * @param omitted members, under their Go names, that are left out
 *
 * Upstream: apimachinery/pkg/util/diff/diff.go Diff (v1.36)
 */
export function specDiff(
  definition: string,
  from: unknown,
  to: unknown,
  omitted: ReadonlySet<string> = noMembers,
): string {
  const text = (value: unknown): string => indentJson(withoutMembers(goValueOf(definition, value).text, omitted));
  return unifiedDiff(text(from), text(to));
}

const noMembers: ReadonlySet<string> = new Set();

function withoutMembers(text: string, omitted: ReadonlySet<string>): string {
  if (omitted.size === 0) return text;
  const members = Object.entries(JSON.parse(text) as object).filter(([name]) => !omitted.has(name));
  return JSON.stringify(Object.fromEntries(members));
}
