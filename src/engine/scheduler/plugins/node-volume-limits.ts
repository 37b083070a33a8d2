import type * as corev1 from '../../../api/core/v1.ts';
import {
  csiNodes,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  volumeAttachments,
} from '../../../api/resources.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CycleState, StateKey } from '../cycle-state.ts';
import { type Handle, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { ephemeralClaimProblem, notFoundText, podClaims, storageClassOf, usesClaim } from '../pod-claims.ts';
import { errorStatus, Status, type Verdict } from '../status.ts';

const name = 'NodeVolumeLimits';
const exceeded = new Status('Unschedulable', 'node(s) exceed max volume count', name);
const attachmentsByNode = 'spec.nodeName';

/** The volumes that the pod asks for, with their drivers; or why that cannot be told. */
interface Wanted {
  readonly problem: Verdict;
  readonly volumes: ReadonlyMap<string, string>;
}
const wantedKey = new StateKey<Wanted>(`PreFilter${name}`);

const limitsOf = (node: storagev1.CSINode | undefined): ReadonlyMap<string, number> =>
  new Map(
    (node?.spec.drivers ?? []).flatMap((driver) => {
      const count = driver.allocatable?.count;
      return count === undefined ? [] : [[driver.name, count] as const];
    }),
  );

const hasClaims = (pod: corev1.Pod) => podClaims(pod).length > 0;

/**
 * Counts volumes of CSI drivers on a node. Upstream: plugins/nodevolumelimits/csi.go (v1.36). Differs: in-tree volumes are not
 * translated to CSI.
 */
class NodeVolumeLimits implements Plugin {
  readonly name = name;
  readonly #csiNodes;
  readonly #claims;
  readonly #volumes;
  readonly #classes;
  readonly #attachments;

  constructor({ informers }: Handle) {
    this.#csiNodes = informers.informer(csiNodes).store;
    this.#claims = informers.informer(persistentVolumeClaims).store;
    this.#volumes = informers.informer(persistentVolumes).store;
    this.#classes = informers.informer(storageClasses).store;
    const indexers = { [attachmentsByNode]: (attachment: storagev1.VolumeAttachment) => [attachment.spec.nodeName] };
    this.#attachments = informers.informer(volumeAttachments, { indexers }).store;
  }

  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    if (!hasClaims(pod)) return skip;
    const volumes = new Map<string, string>();
    state.write(wantedKey, { problem: this.#collect(pod, true, volumes), volumes });
    return undefined;
  }
  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Verdict {
    const { problem, volumes } = state.read(wantedKey);
    if (problem) return problem;
    if (volumes.size === 0) return undefined;
    const limits = limitsOf(this.#csiNodes.get(node.name));
    if (limits.size === 0) return undefined;
    if (this.#hasRoomForAll(node, volumes, limits)) return undefined;
    const wanted = new Map(volumes);
    const attached = new Map<string, string>();
    for (const { pod: existing } of node.pods) {
      const existingProblem = this.#collect(existing, false, attached);
      if (existingProblem) return existingProblem;
    }
    for (const volume of attached.keys()) wanted.delete(volume);
    if (this.#attachments.size > 0)
      for (const [volume, driver] of this.#attachedTo(node.name)) attached.set(volume, driver);
    const count = (volumes: ReadonlyMap<string, string>, driver: string) =>
      [...volumes.values()].filter((other) => other === driver).length;
    for (const driver of new Set(wanted.values())) {
      const limit = limits.get(driver);
      if (limit !== undefined && count(attached, driver) + count(wanted, driver) > limit) return exceeded;
    }
    return undefined;
  }

  /** Whether all would fit were each claim on the node a volume of its own: most often so, and quickly told. */
  #hasRoomForAll(
    { name: nodeName, pods }: NodeInfo,
    wanted: ReadonlyMap<string, string>,
    limits: ReadonlyMap<string, number>,
  ): boolean {
    let most = wanted.size;
    if (this.#attachments.size > 0) most += this.#attachments.byIndex(attachmentsByNode, nodeName).length;
    for (const { volumeClaims } of pods) {
      if (volumeClaims.some(({ isEphemeral }) => isEphemeral)) return false;
      most += volumeClaims.length;
    }
    for (const driver of wanted.values()) if (most > (limits.get(driver) ?? Number.POSITIVE_INFINITY)) return false;
    return true;
  }
  /** Puts a pod's volumes with their drivers into `into`. */
  #collect(pod: corev1.Pod, isNew: boolean, into: Map<string, string>): Verdict {
    const namespace = pod.metadata.namespace ?? '';
    for (const { name: claimName, isEphemeral } of podClaims(pod)) {
      const claim = this.#claims.get(`${namespace}/${claimName}`);
      if (!claim) {
        if (!isNew) continue;
        const text = `looking up PVC ${namespace}/${claimName}: ${notFoundText('persistentvolumeclaim', claimName)}`;
        return new Status('UnschedulableAndUnresolvable', text, name);
      }
      const problem = isEphemeral ? ephemeralClaimProblem(pod, claim) : undefined;
      if (problem) return errorStatus(problem, name);
      const volume = this.#driverOf(claim);
      if (volume) into.set(`${volume.driver}/${volume.handle}`, volume.driver);
    }
    return undefined;
  }
  #driverOf(claim: corev1.PersistentVolumeClaim): { readonly driver: string; readonly handle: string } | undefined {
    const volume = claim.spec?.volumeName ? this.#volumes.get(claim.spec.volumeName) : undefined;
    if (volume) {
      const csi = volume.spec?.csi;
      return csi && { driver: csi.driver, handle: csi.volumeHandle };
    }
    const driver = this.#classes.get(storageClassOf(claim))?.provisioner;
    const { namespace = '', name: claimName = '' } = claim.metadata;
    return driver ? { driver, handle: `unprovisioned-${namespace}/${claimName}` } : undefined;
  }
  #attachedTo(nodeName: string): (readonly [string, string])[] {
    return this.#attachments.byIndex(attachmentsByNode, nodeName).flatMap(({ spec }) => {
      const volume = this.#volumes.get(spec.source.persistentVolumeName ?? '');
      const handle = volume?.spec?.csi?.volumeHandle;
      return handle === undefined ? [] : [[`${spec.attacher}/${handle}`, spec.attacher] as const];
    });
  }

  eventsToRegister() {
    return [
      onEvent<storagev1.CSINode>('CSINode', action.add | action.update, (_pod, old, node) => {
        if (!old) return true;
        const before = limitsOf(old);
        return [...limitsOf(node)].some(([driver, limit]) => limit > (before.get(driver) ?? 0));
      }),
      onEvent<corev1.Pod>('Pod', action.delete, (_pod, deleted) => {
        const isPlaced = !!deleted?.spec?.nodeName || !!deleted?.status?.nominatedNodeName;
        return isPlaced && deleted !== undefined && hasClaims(deleted);
      }),
      onEvent<corev1.PersistentVolumeClaim>('PersistentVolumeClaim', action.add, (pod, _old, claim) =>
        usesClaim(pod, claim),
      ),
      onEvent('VolumeAttachment', action.delete, hasClaims),
    ];
  }
}

export const newNodeVolumeLimits = (_: unknown, handle: Handle): Plugin => new NodeVolumeLimits(handle);
