import { type ClusterState, viewsOf } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { BandsPlan, Edge } from '../picture.ts';
import { cardOf, foldPods } from './figures.ts';
import { byAge, inScope, type Scope } from './scope.ts';

const limit = 9;
type Band = BandsPlan['bands'][number];

/** Where data lies: from a StorageClass to the volumes it made, the claims they are bound to, and the pods that mount them. */
export function storageLens(state: ClusterState, scope: Scope): BandsPlan {
  const shown = (resource: string) =>
    [...viewsOf(state, resource).values()].filter((view) => inScope(view, scope)).sort(byAge);
  const claims = shown('persistentvolumeclaims');
  const volumes = new Map(shown('persistentvolumes').map((view) => [view.name, view]));
  const classes = new Map(shown('storageclasses.storage.k8s.io').map((view) => [view.name, view]));
  const users = podsByClaim(shown('pods'));
  const edges: Edge[] = [];
  const standIns = new Map<string, string>();
  const placed = new Set<string>();
  const once = (view: ObjectView | undefined) => {
    if (!view || placed.has(view.uid)) return [];
    placed.add(view.uid);
    return [view];
  };
  const card = (view: ObjectView) => cardOf(view, scope);
  const bandOf = (claim: ObjectView): Band => {
    const volume = volumes.get(claim.facets.volumeName ?? '');
    const from = classes.get(claim.facets.className ?? '');
    const pods = users.get(`${claim.namespace}/${claim.name}`) ?? [];
    const folding = foldPods(pods.flatMap(once), state, scope, limit, claim.uid);
    for (const [uid, figure] of folding.standIns) standIns.set(uid, figure);
    if (from) edges.push(edge(from, volume ?? claim, volume === undefined));
    if (volume) edges.push(edge(volume, claim, claim.status.level !== 'ok'));
    const targets = new Set(pods.map((pod) => standIns.get(pod.uid) ?? pod.uid));
    for (const target of targets) edges.push({ id: `${claim.uid}>${target}`, source: claim.uid, target, role: 'uses' });
    return { id: claim.uid, columns: [once(from).map(card), once(volume).map(card), [card(claim)], folding.figures] };
  };
  const bands = claims.map(bandOf);
  for (const volume of volumes.values()) {
    const from = classes.get(volume.facets.className ?? '');
    if (placed.has(volume.uid)) continue;
    if (from) edges.push(edge(from, volume));
    bands.push({ id: volume.uid, columns: [once(from).map(card), once(volume).map(card), [], []] });
  }
  for (const unused of [...classes.values()].flatMap(once))
    bands.push({ id: unused.uid, columns: [[card(unused)], [], [], []] });
  return { kind: 'bands', bands, edges, standIns };
}

const edge = (source: ObjectView, target: ObjectView, dashed = false): Edge => ({
  id: `${source.uid}>${target.uid}`,
  source: source.uid,
  target: target.uid,
  role: 'uses',
  dashed,
});

function podsByClaim(pods: readonly ObjectView[]): ReadonlyMap<string, readonly ObjectView[]> {
  const out = new Map<string, ObjectView[]>();
  for (const pod of pods) {
    for (const claim of pod.facets.claims ?? []) {
      const key = `${pod.namespace}/${claim}`;
      const users = out.get(key);
      if (users) users.push(pod);
      else out.set(key, [pod]);
    }
  }
  return out;
}
