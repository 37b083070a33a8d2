import type { ClusterState } from '../stores/cluster-store.ts';
import { inNumberOrder, type ObjectView } from '../stores/object-view.ts';
import { inScope, compare, passesFilter, type Scope } from './lenses/scope.ts';

export type Column = 'kind' | 'namespace' | 'name' | 'status' | 'ready' | 'node' | 'age';

/** What the list shows in a column. */
export function cellText(view: ObjectView, column: Exclude<Column, 'age'>): string {
  switch (column) {
    case 'kind':
      return view.kind;
    case 'namespace':
      return view.namespace;
    case 'name':
      return view.name;
    case 'status':
      return view.status.text;
    case 'ready':
      return view.facets.count ? `${view.facets.count.ready}/${view.facets.count.desired}` : '';
    case 'node':
      return view.facets.nodeName ?? '';
  }
}

/** As people count: node-2 before node-10. */
const cellOrder = (view: ObjectView, column: Exclude<Column, 'age'>): string => inNumberOrder(cellText(view, column));

const quiet = new Set(['Secret', 'ServiceAccount', 'EndpointSlice']);

/** The rows of the list: what the lenses would show, sorted; equal rows keep the order of kinds and names. */
export function listRows(
  state: ClusterState,
  scope: Scope,
  sort: { readonly column: Column; readonly down: boolean },
): ObjectView[] {
  const rows = [...state.byUid.values()].filter(
    (view) => inScope(view, scope) && wanted(view, scope) && passesFilter(view, scope.filter),
  );
  const natural = (a: ObjectView, b: ObjectView) =>
    a.look.order - b.look.order || compare(a.namespace, b.namespace) || compare(a.nameOrder, b.nameOrder);
  const { column, down } = sort;
  const sign = down ? -1 : 1;
  return rows.sort((a, b) => {
    if (column === 'kind') return sign * natural(a, b);
    if (column === 'age') return sign * (b.createdMs - a.createdMs) || natural(a, b);
    if (column === 'name') return sign * compare(a.nameOrder, b.nameOrder) || natural(a, b);
    return sign * compare(cellOrder(a, column), cellOrder(b, column)) || natural(a, b);
  });
}

/** What every namespace has and nobody asked about is left out unless the system is shown or searched. */
function wanted(view: ObjectView, scope: Scope): boolean {
  if (scope.showSystem || scope.filter !== '') return true;
  if (view.kind === 'ConfigMap' && view.name === 'kube-root-ca.crt') return false;
  if (view.kind === 'ReplicaSet' && view.facets.retired) return false;
  return !quiet.has(view.kind);
}
