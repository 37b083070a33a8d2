import { type ClusterState, viewsOf } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { BoxesPlan, Figure } from '../picture.ts';
import { cardOf, groupOf, rootOf } from './figures.ts';
import { byAge, isSystem, type Scope } from './scope.ts';

const plain = new Set([
  'Service',
  'Ingress',
  'PersistentVolumeClaim',
  'ConfigMap',
  'CronJob',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
]);

/** Namespaces as boxes with what was put into them: workloads with their pods folded, services, claims, configuration. */
export function namespacesLens(state: ClusterState, scope: Scope): BoxesPlan {
  const podsByRoot = new Map<string, ObjectView[]>();
  const podsIn = new Map<string, number>();
  for (const pod of viewsOf(state, 'pods').values()) {
    podsIn.set(pod.namespace, (podsIn.get(pod.namespace) ?? 0) + 1);
    const root = rootOf(pod, state);
    const list = podsByRoot.get(root.uid);
    if (list) list.push(pod);
    else podsByRoot.set(root.uid, [pod]);
  }
  const members = new Map<string, ObjectView[]>();
  for (const view of state.byUid.values()) {
    if (view.namespace === '' || !belongs(view, state)) continue;
    const list = members.get(view.namespace);
    if (list) list.push(view);
    else members.set(view.namespace, [view]);
  }
  const standIns = new Map<string, string>();
  const spaces = [...viewsOf(state, 'namespaces').values()]
    .filter((view) => scope.namespace === '' || view.name === scope.namespace)
    // The system's namespaces that hold nothing tell nothing, unless they are asked for.
    .filter((view) => scope.namespace !== '' || scope.showSystem || members.has(view.name) || !isSystem(view.name))
    .sort(byAge);
  const boxes = spaces.map((space) => {
    const own = (members.get(space.name) ?? []).sort((a, b) => a.look.order - b.look.order || byAge(a, b));
    const items = own.map((view) => itemOf(view, podsByRoot.get(view.uid) ?? [], scope, standIns));
    const figure: Figure = {
      ...cardOf(space, scope),
      shape: 'box',
      dimmed: false,
      subtitle: `${space.status.text} · ${podsIn.get(space.name) ?? 0} pods · ${own.length} objects`,
    };
    return { figure, items };
  });
  return { kind: 'boxes', boxes, edges: [], standIns };
}

/** What a person put there, not what controllers made of it; the certificates that every namespace gets are left out. */
function belongs(view: ObjectView, state: ClusterState): boolean {
  if (view.ownerUid !== undefined && state.byUid.get(view.ownerUid) && view.kind !== 'Pod') return false;
  if (view.kind === 'ConfigMap' && view.name === 'kube-root-ca.crt') return false;
  if (view.kind === 'Pod') return rootOf(view, state).uid === view.uid;
  const workload = view.facets.count !== undefined;
  return workload || plain.has(view.kind) || view.look.order >= 100;
}

function itemOf(view: ObjectView, pods: readonly ObjectView[], scope: Scope, standIns: Map<string, string>): Figure {
  if (view.kind === 'Pod' || pods.length === 0) return cardOf(view, scope, { shape: 'chip' });
  for (const pod of pods) standIns.set(pod.uid, view.uid);
  const group = groupOf(view.uid, view, pods, scope);
  return { ...group, subtitle: `${view.kind} · ${group.subtitle.replace(' of ', '/')}` };
}
