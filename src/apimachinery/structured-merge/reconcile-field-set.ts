// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/reconcile_schema.go
import type { SchemaNode } from '../schema-node.ts';
import { FieldSet } from './field-set.ts';
import type { FieldPath, PathElement } from './path-element.ts';
import { atomOf, fieldNode, isAtomic, itemNode } from './schema-walk.ts';

/**
 * A set of owned paths after the schema changed: what has become atomic since is owned as a whole. The same set when
 * nothing has.
 */
export function reconcileFieldSetWithSchema(set: FieldSet, node: SchemaNode): FieldSet {
  const collapsed: FieldPath[] = [];
  walk(node, set, false, [], collapsed);
  if (collapsed.length === 0) return set;
  const paths = FieldSet.of(...collapsed);
  return set.recursiveDifference(paths).union(paths);
}

function walk(
  node: SchemaNode | undefined,
  set: FieldSet | undefined,
  isWhole: boolean,
  path: FieldPath,
  collapsed: FieldPath[],
): void {
  if (node === undefined || node.type === 'any') return;
  const atom = atomOf(node, undefined);
  if (atom === 'scalar') return;
  if (!isWhole && isAtomic(node, atom)) {
    if (atom === 'list' || (set !== undefined && !set.isEmpty)) collapsed.push(path);
    return;
  }
  if (set === undefined) return;
  const descend = (element: PathElement, isMember: boolean): void => {
    const below = set.withPrefix(element);
    const child =
      atom === 'list' ? itemNode(node) : element.kind === 'field' ? fieldNode(node, element.name) : undefined;
    const inner = below.isEmpty ? undefined : below;
    walk(child, inner, isMember && inner === undefined, [...path, element], collapsed);
  };
  for (const element of set.childElements()) if (!set.hasMember(element)) descend(element, false);
  for (const element of set.memberElements()) descend(element, true);
}
