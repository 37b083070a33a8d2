import { FieldSet } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** Leaves of a set of fields what an endpoint sets. Upstream: sigs.k8s.io/structured-merge-diff/v6/fieldpath/set.go Filter */
export type FieldFilter = (set: FieldSet) => FieldSet;

/** Names of fields from the root; `*` stands for any step. */
export type FieldPattern = readonly string[];

/** Takes away the given fields and everything below them. */
export function excludeFields(...paths: readonly FieldPattern[]): FieldFilter {
  const excluded = FieldSet.of(...paths.map((path) => path.map(fieldElement)));
  return (set) => set.recursiveDifference(excluded);
}

/** Leaves the fields that the patterns lead to, with everything below them and the steps to them. */
export function includeFields(...patterns: readonly FieldPattern[]): FieldFilter {
  return (set) => included(set, patterns, 0);
}

function included(set: FieldSet, patterns: readonly FieldPattern[], depth: number): FieldSet {
  if (patterns.some((pattern) => pattern.length === depth)) return set;
  const matching = (element: PathElement): FieldPattern[] =>
    patterns.filter((pattern) => {
      const name = pattern[depth];
      return name === '*' || (element.kind === 'field' && element.name === name);
    });
  const out = new FieldSet();
  for (const element of set.memberElements()) if (matching(element).length > 0) out.add(element, true);
  for (const element of set.childElements()) {
    const further = matching(element);
    if (further.length > 0) out.add(element, false, included(set.withPrefix(element), further, depth + 1));
  }
  return out;
}
