import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims } from '../../../api/resources.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CloneableState, StateKey } from '../cycle-state.ts';
import { type Handle, type Plugin, skip } from '../framework.ts';
import { notFoundText, usesClaim } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';
import { Status } from '../status.ts';

const name = 'VolumeRestrictions';
const diskConflict = new Status('Unschedulable', 'node(s) had no available disk', name);
const readWriteOncePodConflict = new Status(
  'Unschedulable',
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
  name,
);

/** How many pods use claims of this pod that only one may use. */
class RestrictionState implements CloneableState {
  readonly #claims: ReadonlySet<string>;
  conflicts: number;
  constructor(claims: ReadonlySet<string>, conflicts: number) {
    this.#claims = claims;
    this.conflicts = conflicts;
  }
  clone(): RestrictionState {
    return new RestrictionState(this.#claims, this.conflicts);
  }
  update(other: PodInfo, sign: 1 | -1): void {
    for (const claim of other.claimNames) if (this.#claims.has(claim)) this.conflicts += sign;
  }
}

const stateKey = new StateKey<RestrictionState>(`PreFilter${name}`);

const needsCheck = (volume: corev1.Volume): boolean =>
  !!(volume.gcePersistentDisk ?? volume.awsElasticBlockStore ?? volume.rbd ?? volume.iscsi);

/** Upstream: volume_restrictions.go isVolumeConflict (v1.36) */
function isVolumeConflict(volume: corev1.Volume, existing: corev1.Volume): boolean {
  const gce = [volume.gcePersistentDisk, existing.gcePersistentDisk] as const;
  if (gce[0] && gce[1] && gce[0].pdName === gce[1].pdName && !(gce[0].readOnly && gce[1].readOnly)) return true;
  const aws = [volume.awsElasticBlockStore, existing.awsElasticBlockStore] as const;
  if (aws[0] && aws[1] && aws[0].volumeID === aws[1].volumeID) return true;
  const iscsi = [volume.iscsi, existing.iscsi] as const;
  if (iscsi[0] && iscsi[1] && iscsi[0].iqn === iscsi[1].iqn && !(iscsi[0].readOnly && iscsi[1].readOnly)) return true;
  const rbd = [volume.rbd, existing.rbd] as const;
  if (!rbd[0] || !rbd[1] || (rbd[0].readOnly && rbd[1].readOnly)) return false;
  const monitors = new Set(rbd[0].monitors);
  const samePlace = rbd[0].pool === rbd[1].pool && rbd[0].image === rbd[1].image;
  return samePlace && rbd[1].monitors.some((monitor) => monitors.has(monitor));
}

function hasVolumeConflict(pod: corev1.Pod, others: readonly corev1.Pod[]): boolean {
  for (const volume of pod.spec?.volumes ?? []) {
    if (!needsCheck(volume)) continue;
    for (const other of others) {
      if (other.spec?.volumes?.some((existing) => isVolumeConflict(volume, existing))) return true;
    }
  }
  return false;
}

/** Keeps pods apart that cannot share a disk. Upstream: plugins/volumerestrictions/volume_restrictions.go (v1.36) */
export function newVolumeRestrictions(_: unknown, handle: Handle): Plugin {
  const claims = handle.informers.informer(persistentVolumeClaims).store;
  return {
    name,
    preFilter: (state, { pod, namespace, claimNames }) => {
      const exclusive = new Set<string>();
      for (const claimName of claimNames) {
        const claim = claims.get(`${namespace}/${claimName}`);
        if (!claim) {
          return new Status('UnschedulableAndUnresolvable', notFoundText('persistentvolumeclaim', claimName), name);
        }
        if (claim.spec?.accessModes?.includes('ReadWriteOncePod')) exclusive.add(claimName);
      }
      const conflicts = [...exclusive].filter((claim) => handle.lister.isClaimUsed(`${namespace}/${claim}`)).length;
      if (conflicts === 0 && !pod.spec?.volumes?.some(needsCheck)) return skip;
      state.write(stateKey, new RestrictionState(exclusive, conflicts));
      return undefined;
    },
    addPod: (state, _pod, added) => state.tryRead(stateKey)?.update(added, 1),
    removePod: (state, _pod, removed) => state.tryRead(stateKey)?.update(removed, -1),
    filter: (state, { pod }, node) => {
      if (pod.spec?.volumes?.some(needsCheck)) {
        const others = node.pods.map((info) => info.pod);
        if (hasVolumeConflict(pod, others)) return diskConflict;
      }
      return state.read(stateKey).conflicts > 0 ? readWriteOncePodConflict : undefined;
    },
    eventsToRegister: () => [
      onEvent<corev1.Pod>('Pod', action.delete, (pod, deleted) => {
        if (!deleted || deleted.metadata.namespace !== pod.metadata.namespace) return false;
        if (hasVolumeConflict(pod, [deleted])) return true;
        const named = (other: corev1.Pod) =>
          (other.spec?.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
        const freed = new Set(named(deleted));
        return named(pod).some((claim) => freed.has(claim));
      }),
      onEvent('Node', action.add),
      onEvent<corev1.PersistentVolumeClaim>('PersistentVolumeClaim', action.add, (pod, _old, claim) =>
        usesClaim(pod, claim),
      ),
    ],
  };
}
