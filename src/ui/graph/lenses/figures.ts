import type { StatusLevel } from '../../kinds/kind-look.ts';
import type { ClusterState } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { Figure } from '../picture.ts';
import { byAge, passesFilter, type Scope } from './scope.ts';

/** A card for any object. */
export function cardOf(view: ObjectView, scope: Scope, changes: Partial<Figure> = {}): Figure {
  return {
    id: view.uid,
    uid: view.uid,
    shape: 'card',
    title: view.name,
    subtitle: `${view.kind} · ${view.status.text}`,
    level: view.status.level,
    symbol: view.look.symbol,
    dimmed: !passesFilter(view, scope.filter),
    dashed: view.deleting,
    ...changes,
  };
}

/** A chip for a pod. */
export function chipOf(view: ObjectView, scope: Scope): Figure {
  return cardOf(view, scope, { shape: 'chip', subtitle: view.status.text });
}

const levels: readonly StatusLevel[] = ['error', 'warning', 'progress', 'ok', 'done', 'neutral'];

/** The most urgent of several levels. */
export function worst(all: readonly StatusLevel[]): StatusLevel {
  return levels.find((level) => all.includes(level)) ?? 'neutral';
}

/** Several pods of one owner as one chip, with how many fare how. */
export function groupOf(id: string, owner: ObjectView, pods: readonly ObjectView[], scope: Scope): Figure {
  const counts = new Map<StatusLevel, number>();
  for (const { status } of pods) counts.set(status.level, (counts.get(status.level) ?? 0) + 1);
  const folded = levels.map((level) => ({ level, count: counts.get(level) ?? 0 })).filter(({ count }) => count > 0);
  const well = (counts.get('ok') ?? 0) + (counts.get('done') ?? 0);
  return {
    id,
    uid: owner.uid,
    shape: 'chip',
    title: owner.name,
    subtitle: well === pods.length ? `${pods.length} pods` : `${well} of ${pods.length} ready`,
    level: folded[0]?.level ?? 'neutral',
    symbol: owner.look.symbol,
    folded,
    dimmed: !passesFilter(owner, scope.filter) && !pods.some((pod) => passesFilter(pod, scope.filter)),
  };
}

/** The controller at the top of an object's owners: the Deployment of a pod of a ReplicaSet. */
export function rootOf(view: ObjectView, state: ClusterState): ObjectView {
  let top = view;
  for (let depth = 0; depth < 10 && top.ownerUid !== undefined; depth++) {
    const owner = state.byUid.get(top.ownerUid);
    if (!owner) break;
    top = owner;
  }
  return top;
}

export interface Folding {
  readonly figures: readonly Figure[];
  readonly standIns: readonly (readonly [uid: string, figure: string])[];
}

/**
 * Draws pods one by one, or owner by owner where one has more than `limit` of them here: the owner of the oldest first. `place` makes
 * group ids unique.
 */
export function foldPods(
  pods: readonly ObjectView[],
  state: ClusterState,
  scope: Scope,
  limit: number,
  place: string,
): Folding {
  const roots = new Map<string | undefined, string>();
  const byOwner = new Map<string, { readonly own: ObjectView[]; oldest: ObjectView }>();
  for (const pod of pods) {
    const known = pod.ownerUid === undefined ? undefined : roots.get(pod.ownerUid);
    const root = known ?? rootOf(pod, state).uid;
    if (known === undefined) roots.set(pod.ownerUid, root);
    const family = byOwner.get(root);
    if (!family) byOwner.set(root, { own: [pod], oldest: pod });
    else {
      family.own.push(pod);
      if (byAge(pod, family.oldest) < 0) family.oldest = pod;
    }
  }
  const figures: Figure[] = [];
  const standIns: (readonly [string, string])[] = [];
  for (const [ownerUid, { own }] of [...byOwner].sort((a, b) => byAge(a[1].oldest, b[1].oldest))) {
    const owner = state.byUid.get(ownerUid);
    if (!owner || owner.kind === 'Pod' || own.length <= limit || scope.expanded.has(ownerUid)) {
      for (const pod of own.sort(byAge)) figures.push(chipOf(pod, scope));
      continue;
    }
    const id = `group:${ownerUid}@${place}`;
    figures.push(groupOf(id, owner, own, scope));
    for (const pod of own) standIns.push([pod.uid, id]);
  }
  return { figures, standIns };
}
