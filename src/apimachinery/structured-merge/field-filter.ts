import { FieldSet } from './field-set.ts';
import { fieldElement } from './path-element.ts';

/** Leaves of a set of fields what an endpoint sets. Upstream: sigs.k8s.io/structured-merge-diff/v6/fieldpath/set.go Filter */
export type FieldFilter = (set: FieldSet) => FieldSet;

/** Takes away the given fields and everything below them. */
export function excludeFields(...paths: readonly (readonly string[])[]): FieldFilter {
  const excluded = FieldSet.of(...paths.map((path) => path.map(fieldElement)));
  return (set) => set.recursiveDifference(excluded);
}
