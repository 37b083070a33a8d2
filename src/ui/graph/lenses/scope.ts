import type { ClusterState } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { Plan } from '../picture.ts';

/** What a lens is asked to show. */
export interface Scope {
  /** Empty: all. */
  readonly namespace: string;
  /** Whether namespaces of the system count among all. */
  readonly showSystem: boolean;
  /** Words that must all be found; what lacks one is dimmed. */
  readonly filter: string;
  /** Owners whose pods are drawn one by one although they are many. */
  readonly expanded: ReadonlySet<string>;
}

export type Lens = (state: ClusterState, scope: Scope) => Plan;

const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);
export const isSystem = (namespace: string): boolean => systemNamespaces.has(namespace);

/** Whether an object's namespace is shown. */
export function inScope(view: ObjectView, scope: Scope): boolean {
  if (view.namespace === '') return true;
  if (scope.namespace !== '') return view.namespace === scope.namespace;
  return scope.showSystem || !isSystem(view.namespace);
}

/** Whether every word is found in kind, namespace, name, status or a label (`app=web`). */
export function passesFilter(view: ObjectView, filter: string): boolean {
  if (filter === '') return true;
  const labels = Object.entries(view.labels).map(([key, value]) => `${key}=${value}`);
  const text = [view.kind, view.namespace, view.name, view.status.text, ...labels].join(' ').toLowerCase();
  return filter
    .toLowerCase()
    .split(/[\s,]+/)
    .every((word) => text.includes(word));
}

/** The same order for the same objects: oldest first, then by namespace and name. */
export function byAge(a: ObjectView, b: ObjectView): number {
  return (
    a.createdMs - b.createdMs ||
    compare(a.namespace, b.namespace) ||
    compare(a.nameOrder, b.nameOrder) ||
    compare(a.uid, b.uid)
  );
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
