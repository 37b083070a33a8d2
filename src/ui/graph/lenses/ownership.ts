import type { ClusterState } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { BandsPlan, Edge, Figure } from '../picture.ts';
import { cardOf, foldPods, rootOf } from './figures.ts';
import { byAge, inScope, type Scope } from './scope.ts';

const limit = 9;
const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'Pod',
]);
const leftOut = new Set(['EndpointSlice', 'Event', 'Secret', 'ConfigMap', 'ServiceAccount', 'Node', 'Namespace']);

/** Who made whom: controllers to the left, what they control to the right, pods at the end. */
export function ownershipLens(state: ClusterState, scope: Scope): BandsPlan {
  const families = new Map<string, ObjectView[]>();
  for (const view of state.byUid.values()) {
    if (!inScope(view, scope) || leftOut.has(view.kind)) continue;
    if (!workloads.has(view.kind) && view.look.order < 100) continue;
    const root = rootOf(view, state);
    if (root.kind === 'Node') continue;
    const family = families.get(root.uid);
    if (family) family.push(view);
    else families.set(root.uid, [view]);
  }
  const standIns = new Map<string, string>();
  const edges: Edge[] = [];
  const roots = [...families.keys()].flatMap((uid) => state.byUid.get(uid) ?? []).sort(byAge);
  const bands = roots.map((root) => bandOf(root, families.get(root.uid) ?? [], state, scope, { edges, standIns }));
  return { kind: 'bands', bands, edges, standIns };
}

interface Gathered {
  readonly edges: Edge[];
  readonly standIns: Map<string, string>;
}

function bandOf(
  root: ObjectView,
  family: readonly ObjectView[],
  state: ClusterState,
  scope: Scope,
  gathered: Gathered,
) {
  const members = family.filter((view) => view.uid !== root.uid).sort(byAge);
  const pods = members.filter((view) => view.kind === 'Pod');
  const parents = new Set(pods.map((pod) => pod.ownerUid));
  const retired = members.filter((view) => view.facets.retired && !parents.has(view.uid));
  const middle = members.filter((view) => view.kind !== 'Pod' && !retired.includes(view));
  const folding = foldPods(pods, state, scope, limit, root.uid);
  for (const [uid, figure] of folding.standIns) gathered.standIns.set(uid, figure);
  const old = retired.length > 0 ? ` · ${retired.length} old` : '';
  const figure = cardOf(root, scope);
  const columns: (readonly Figure[])[] =
    root.kind === 'Pod'
      ? [[], [], [{ ...figure, shape: 'chip', subtitle: root.status.text }]]
      : [[{ ...figure, subtitle: figure.subtitle + old }], middle.map((view) => cardOf(view, scope)), folding.figures];
  connect([...middle, ...pods], gathered);
  return { id: root.uid, columns };
}

/** One edge from each owner to each figure of what it owns; folded pods share theirs. */
function connect(members: readonly ObjectView[], { edges, standIns }: Gathered): void {
  const drawn = new Set<string>();
  for (const view of members) {
    if (view.ownerUid === undefined) continue;
    const target = standIns.get(view.uid) ?? view.uid;
    const id = `${view.ownerUid}>${target}`;
    if (drawn.has(id)) continue;
    drawn.add(id);
    edges.push({ id, source: view.ownerUid, target, role: 'owns' });
  }
}
