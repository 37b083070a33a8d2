import type * as corev1 from '../../../api/core/v1.ts';

type Lookup = (name: string) => string | undefined;

/**
 * Replaces `$(NAME)`; `$$` is a dollar sign; what is unknown stays as it is written.
 *
 * Upstream: third_party/forked/golang/expansion/expand.go Expand (v1.36)
 */
export function expand(text: string, lookup: Lookup): string {
  if (!text.includes('$')) return text;
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] !== '$') continue;
    out += text.slice(from, at);
    const read = readReference(text, at, lookup);
    out += read.text;
    at += read.length;
    from = at + 1;
  }
  return out + text.slice(from);
}

/** What stands for the text after a dollar sign, and how many characters of it were read. */
function readReference(
  text: string,
  dollar: number,
  lookup: Lookup,
): { readonly text: string; readonly length: number } {
  const next = text[dollar + 1];
  if (next === '$') return { text: '$', length: 1 };
  if (next !== '(') return { text: `$${next}`, length: 1 };
  const end = text.indexOf(')', dollar + 2);
  if (end < 0) return { text: '$(', length: 1 };
  const name = text.slice(dollar + 2, end);
  return { text: lookup(name) ?? `$(${name})`, length: end - dollar };
}

/** A lookup over several maps: the first that knows a name wins. */
export function mappingFunc(...maps: readonly ReadonlyMap<string, string>[]): Lookup {
  return (name) => maps.find((map) => map.has(name))?.get(name);
}

/**
 * Expands a probe's command with the variables whose values stand in the container's own spec.
 *
 * Upstream: pkg/kubelet/container/helpers.go ExpandContainerCommandOnlyStatic (v1.36)
 */
export function expandStatic(command: readonly string[], env: readonly corev1.EnvVar[]): readonly string[] {
  if (!command.some((word) => word.includes('$'))) return command;
  const known = new Map(env.filter(({ value }) => value).map(({ name, value = '' }) => [name, value]));
  return command.map((word) => expand(word, mappingFunc(known)));
}
