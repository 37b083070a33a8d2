import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { semanticDeepEqual } from '../../../apimachinery/deep-equal.ts';
import type { Process } from '../../../process/process.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CycleState, StateKey } from '../cycle-state.ts';
import { type Handle, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { ephemeralClaimProblem, notFoundText, podClaims, usesClaim } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';
import { errorStatus, Status, type Verdict } from '../status.ts';
import {
  type ConflictReason,
  type PodVolumeClaims,
  type PodVolumes,
  VolumeBinder,
  volumeLimit,
} from '../volume-binding/volume-binder.ts';

const name = 'VolumeBinding';
const unboundImmediate = new Status(
  'UnschedulableAndUnresolvable',
  'pod has unbound immediate PersistentVolumeClaims',
  name,
);
const migratedPlugins = 'storage.alpha.kubernetes.io/migrated-plugins';

export interface VolumeBindingArgs {
  /** How long binding may take. Default 600. */
  readonly bindTimeoutSeconds?: number;
}

interface BindingState {
  readonly claims: PodVolumeClaims;
  readonly byNode: Map<string, PodVolumes>;
  /** What is to be written; undefined when nothing is. */
  assumed: PodVolumes | undefined;
}

const stateKey = new StateKey<BindingState>(name);

/** Finds volumes for claims that wait for a node, and nodes that the pod's volumes can be reached from. Upstream: plugins/volumebinding (v1.36) */
class VolumeBinding implements Plugin {
  readonly name = name;
  readonly #binder: VolumeBinder;
  readonly #statuses = new Map<string, Status>();

  constructor(args: VolumeBindingArgs, handle: Handle) {
    this.#binder = new VolumeBinder(handle, args.bindTimeoutSeconds ?? 600);
  }

  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    const named = podClaims(pod);
    if (named.length === 0) return skip;
    const problem = this.#problemOf(pod);
    if (problem !== undefined) return new Status('UnschedulableAndUnresolvable', problem, name);
    const claims = this.#binder.getPodVolumeClaims(pod);
    if (claims.immediate.length > 0) return unboundImmediate;
    state.write(stateKey, { claims, byNode: new Map(), assumed: undefined });
    return undefined;
  }
  /** Upstream: podHasPVCs */
  #problemOf(pod: corev1.Pod): string | undefined {
    for (const { name: claimName, isEphemeral } of podClaims(pod)) {
      const claim = this.#binder.getClaim(`${pod.metadata.namespace ?? ''}/${claimName}`);
      if (!claim) {
        return isEphemeral
          ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"`
          : notFoundText('persistentvolumeclaim', claimName);
      }
      if (claim.status?.phase === 'Lost') {
        return `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
      }
      if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${claimName}" is being deleted`;
      const problem = isEphemeral ? ephemeralClaimProblem(pod, claim) : undefined;
      if (problem) return problem;
    }
    return undefined;
  }
  filter(state: CycleState, _pod: PodInfo, { name: nodeName, node }: NodeInfo): Verdict {
    const binding = state.read(stateKey);
    const found = this.#binder.findPodVolumes(binding.claims, node);
    if ('staticBindings' in found) {
      binding.byNode.set(nodeName, found);
      return undefined;
    }
    return this.#statusOf(found);
  }
  #statusOf(reasons: readonly ConflictReason[]): Status {
    const key = reasons.join();
    let status = this.#statuses.get(key);
    if (!status) this.#statuses.set(key, (status = new Status('UnschedulableAndUnresolvable', reasons, name)));
    return status;
  }

  reserve(state: CycleState, { pod }: PodInfo, nodeName: string): Verdict {
    const binding = state.tryRead(stateKey);
    const found = binding?.byNode.get(nodeName);
    if (binding && found) binding.assumed = this.#binder.assumePodVolumes(pod, nodeName, found);
    return undefined;
  }
  unreserve(state: CycleState): void {
    const assumed = state.tryRead(stateKey)?.assumed;
    if (assumed) this.#binder.revertAssumedPodVolumes(assumed);
  }
  preBindPreFlight(state: CycleState): Verdict {
    return state.tryRead(stateKey)?.assumed ? undefined : skip;
  }
  *preBind(state: CycleState, { pod }: PodInfo, nodeName: string): Process<Verdict> {
    const assumed = state.tryRead(stateKey)?.assumed;
    if (!assumed) return undefined;
    try {
      yield* this.#binder.bindPodVolumes(pod, nodeName, assumed);
      return undefined;
    } catch (error) {
      return errorStatus(error);
    }
  }

  eventsToRegister() {
    const addOrUpdate = action.add | action.update;
    return [
      onEvent<storagev1.StorageClass>('StorageClass', addOrUpdate, (_pod, old, found) => {
        return !old || !semanticDeepEqual(old.allowedTopologies, found?.allowedTopologies);
      }),
      onEvent<corev1.PersistentVolumeClaim>('PersistentVolumeClaim', addOrUpdate, (pod, _old, claim) =>
        usesClaim(pod, claim),
      ),
      onEvent('PersistentVolume', addOrUpdate),
      onEvent('Node', action.add | action.updateNodeLabel),
      onEvent<storagev1.CSINode>('CSINode', addOrUpdate, (_pod, old, node) => {
        return !old || old.metadata.annotations?.[migratedPlugins] !== node?.metadata.annotations?.[migratedPlugins];
      }),
      onEvent<storagev1.CSIDriver>('CSIDriver', action.update, (pod, old, driver) => {
        const isUsed = pod.spec?.volumes?.some((volume) => volume.csi?.driver === driver?.metadata.name) ?? false;
        return isUsed && !!old?.spec.storageCapacity && !driver?.spec.storageCapacity;
      }),
      onEvent<storagev1.CSIStorageCapacity>('CSIStorageCapacity', addOrUpdate, (_pod, old, capacity) => {
        if (!old || !capacity) return true;
        const limit = volumeLimit(capacity);
        return limit !== undefined && limit > (volumeLimit(old) ?? -1);
      }),
    ];
  }
}

export const newVolumeBinding = (args: VolumeBindingArgs, handle: Handle): Plugin => new VolumeBinding(args, handle);
