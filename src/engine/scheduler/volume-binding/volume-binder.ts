/**
 * Finds, promises and binds volumes for pods whose claims wait for their first consumer.
 *
 * Upstream: plugins/volumebinding/binder.go (v1.36). Differs: in-tree volumes are not translated to CSI.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import {
  csiDrivers,
  csiStorageCapacities,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
} from '../../../api/resources.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { now, type Process, sleep } from '../../../process/process.ts';
import { type Handle, podInformerOptions } from '../framework.ts';
import { nodeLabel } from '../node-labels.ts';
import { ephemeralClaimProblem, podClaims, storageClassOf } from '../pod-claims.ts';
import { valueOf } from '../resource.ts';
import { AssumeCache } from './assume-cache.ts';
import {
  bindCompleted,
  bindVolumeToClaim,
  checkNodeAffinity,
  findMatchingVolume,
  requestedStorage,
  selectedNode,
} from './find-matching-volume.ts';

const notSupportedProvisioner = 'kubernetes.io/no-provisioner';
const classIndex = 'storageclass';
const bindPollMs = 1000;

export interface PodVolumeClaims {
  readonly bound: readonly corev1.PersistentVolumeClaim[];
  readonly delayed: readonly corev1.PersistentVolumeClaim[];
  readonly immediate: readonly corev1.PersistentVolumeClaim[];
}

export interface StaticBinding {
  readonly claim: corev1.PersistentVolumeClaim;
  readonly volume: corev1.PersistentVolume;
}

/** What has to be done for a pod's claims if it goes to a certain node. */
export interface PodVolumes {
  readonly staticBindings: readonly StaticBinding[];
  readonly provisions: readonly corev1.PersistentVolumeClaim[];
}

export type ConflictReason =
  | "node(s) didn't find available persistent volumes to bind"
  | "node(s) didn't match PersistentVolume's node affinity"
  | 'node(s) did not have enough free storage'
  | 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

const isFullyBound = (claim: corev1.PersistentVolumeClaim): boolean =>
  !!claim.spec?.volumeName && claim.metadata.annotations?.[bindCompleted] !== undefined;

/** Upstream: pkg/apis/core/v1/helper/helpers.go MatchTopologySelectorTerms */
function matchesTopology(terms: readonly corev1.TopologySelectorTerm[] | undefined, node: corev1.Node): boolean {
  if (!terms?.length) return true;
  return terms.some(({ matchLabelExpressions = [] }) => {
    const matches = ({ key, values }: corev1.TopologySelectorLabelRequirement) => {
      const value = nodeLabel(node, key);
      return value !== undefined && values.includes(value);
    };
    return matchLabelExpressions.length > 0 && matchLabelExpressions.every(matches);
  });
}

export const volumeLimit = (capacity: storagev1.CSIStorageCapacity): number | undefined => {
  const text = capacity.maximumVolumeSize ?? capacity.capacity;
  return text === undefined ? undefined : valueOf(text);
};

export class VolumeBinder {
  readonly #handle: Handle;
  readonly #claims: AssumeCache<corev1.PersistentVolumeClaim>;
  readonly #volumes: AssumeCache<corev1.PersistentVolume>;
  readonly #classes;
  readonly #drivers;
  readonly #capacities;
  readonly #nodes;
  readonly #pods;
  readonly #bindTimeoutMs: number;

  constructor(handle: Handle, bindTimeoutSeconds: number) {
    const { informers } = handle;
    this.#handle = handle;
    this.#bindTimeoutMs = bindTimeoutSeconds * 1000;
    this.#claims = new AssumeCache(informers.informer(persistentVolumeClaims).store);
    const indexers = { [classIndex]: (volume: corev1.PersistentVolume) => [storageClassOf(volume)] };
    this.#volumes = new AssumeCache(informers.informer(persistentVolumes, { indexers }).store);
    this.#classes = informers.informer(storageClasses).store;
    this.#drivers = informers.informer(csiDrivers).store;
    this.#capacities = informers.informer(csiStorageCapacities).store;
    this.#nodes = informers.informer(nodes).store;
    this.#pods = informers.informer(pods, podInformerOptions).store;
  }

  getClaim(key: string): corev1.PersistentVolumeClaim | undefined {
    return this.#claims.get(key);
  }
  /** Parts the pod's claims by what is to be done. @throws Error for a claim that is none of the pod's, or is gone */
  getPodVolumeClaims(pod: corev1.Pod): PodVolumeClaims {
    const bound: corev1.PersistentVolumeClaim[] = [];
    const delayed: corev1.PersistentVolumeClaim[] = [];
    const immediate: corev1.PersistentVolumeClaim[] = [];
    for (const { name, isEphemeral } of podClaims(pod)) {
      const key = `${pod.metadata.namespace ?? ''}/${name}`;
      const claim = this.#claims.get(key);
      if (!claim) throw new Error(`error getting PVC "${key}": could not find v1.PersistentVolumeClaim "${key}"`);
      const problem = isEphemeral ? ephemeralClaimProblem(pod, claim) : undefined;
      if (problem) throw new Error(problem);
      if (isFullyBound(claim)) bound.push(claim);
      else if (this.#isDelayed(claim) && !claim.spec?.volumeName) delayed.push(claim);
      else immediate.push(claim);
    }
    return { bound, delayed, immediate };
  }
  #isDelayed(claim: corev1.PersistentVolumeClaim): boolean {
    const className = storageClassOf(claim);
    const found = className === '' ? undefined : this.#classes.get(className);
    if (found && !found.volumeBindingMode) {
      throw new Error(`VolumeBindingMode not set for StorageClass "${className}"`);
    }
    return found?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** What to do on this node, or why it cannot be. @throws Error for a claim without a class, or whose class is gone */
  findPodVolumes(claims: PodVolumeClaims, node: corev1.Node): PodVolumes | readonly ConflictReason[] {
    const reasons: ConflictReason[] = [];
    for (const claim of claims.bound) {
      const volume = this.#volumes.get(claim.spec?.volumeName ?? '');
      if (!volume) reasons.push('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
      else if (!checkNodeAffinity(volume, node)) reasons.push("node(s) didn't match PersistentVolume's node affinity");
      if (reasons.length > 0) break;
    }
    const found = this.#findForDelayed(claims.delayed, node);
    if (typeof found === 'string') reasons.push(found);
    return typeof found === 'string' || reasons.length > 0 ? reasons : found;
  }
  #findForDelayed(claims: readonly corev1.PersistentVolumeClaim[], node: corev1.Node): PodVolumes | ConflictReason {
    const toProvision: corev1.PersistentVolumeClaim[] = [];
    const toMatch: corev1.PersistentVolumeClaim[] = [];
    for (const claim of claims) {
      const selected = claim.metadata.annotations?.[selectedNode];
      if (selected === undefined) toMatch.push(claim);
      else if (selected === node.metadata.name) toProvision.push(claim);
      else return "node(s) didn't find available persistent volumes to bind";
    }
    const staticBindings: StaticBinding[] = [];
    const chosen = new Set<string>();
    for (const claim of toMatch.sort((a, b) => requestedStorage(a) - requestedStorage(b))) {
      const candidates = this.#volumes.byIndex(classIndex, storageClassOf(claim));
      const volume = findMatchingVolume(claim, candidates, node, chosen);
      if (!volume) {
        toProvision.push(claim);
        continue;
      }
      chosen.add(volume.metadata.name ?? '');
      staticBindings.push({ claim, volume });
    }
    return this.#checkProvisions(toProvision, node) ?? { staticBindings, provisions: toProvision };
  }
  /** Upstream: checkVolumeProvisions */
  #checkProvisions(claims: readonly corev1.PersistentVolumeClaim[], node: corev1.Node): ConflictReason | undefined {
    for (const claim of claims) {
      const className = storageClassOf(claim);
      if (className === '') throw new Error(`no class for claim "${metaNamespaceKey(claim)}"`);
      const found = this.#classes.get(className);
      if (!found) throw new Error(`failed to find storage class "${className}"`);
      const cannot = !found.provisioner || found.provisioner === notSupportedProvisioner;
      if (cannot || !matchesTopology(found.allowedTopologies, node)) {
        return "node(s) didn't find available persistent volumes to bind";
      }
      if (!this.#hasEnoughCapacity(found, claim, node)) return 'node(s) did not have enough free storage';
    }
    return undefined;
  }
  #hasEnoughCapacity(found: storagev1.StorageClass, claim: corev1.PersistentVolumeClaim, node: corev1.Node): boolean {
    const size = claim.spec?.resources?.requests?.['storage'];
    if (size === undefined || !this.#drivers.get(found.provisioner)?.spec.storageCapacity) return true;
    return this.#capacities.list().some((capacity) => {
      if (capacity.storageClassName !== found.metadata.name || !capacity.nodeTopology) return false;
      const isReachable = labelSelectorAsSelector(capacity.nodeTopology).matches(node.metadata.labels);
      return isReachable && (volumeLimit(capacity) ?? -1) >= valueOf(size);
    });
  }

  /** Takes what was found for granted. Gives what is to be written; undefined when all is bound already. */
  assumePodVolumes(pod: corev1.Pod, nodeName: string, volumes: PodVolumes): PodVolumes | undefined {
    const isBound = ({ name }: { readonly name: string }) => {
      const claim = this.#claims.get(`${pod.metadata.namespace ?? ''}/${name}`);
      return claim !== undefined && isFullyBound(claim);
    };
    if (podClaims(pod).every(isBound)) return undefined;
    const staticBindings = volumes.staticBindings.map(({ claim, volume }) => {
      const bound = bindVolumeToClaim(volume, claim);
      this.#volumes.assume(bound);
      return { claim, volume: bound };
    });
    const provisions = volumes.provisions.map((claim) => {
      const annotations = { ...claim.metadata.annotations, [selectedNode]: nodeName };
      const assumed = { ...claim, metadata: { ...claim.metadata, annotations } };
      this.#claims.assume(assumed);
      return assumed;
    });
    return { staticBindings, provisions };
  }
  revertAssumedPodVolumes({ staticBindings, provisions }: PodVolumes): void {
    for (const { volume } of staticBindings) this.#volumes.restore(volume);
    for (const claim of provisions) this.#claims.restore(claim);
  }

  /** Writes what was assumed and waits until the claims are bound. @throws Error, StatusError */
  *bindPodVolumes(pod: corev1.Pod, nodeName: string, volumes: PodVolumes): Process<void> {
    const written = yield* this.#write(volumes);
    const deadline = (yield* now()) + this.#bindTimeoutMs;
    for (;;) {
      yield* sleep(bindPollMs);
      if (this.#checkBindings(pod, nodeName, written)) return;
      if ((yield* now()) >= deadline) throw new Error('binding volumes: context deadline exceeded');
    }
  }
  *#write({ staticBindings, provisions }: PodVolumes): Process<PodVolumes> {
    const { client } = this.#handle;
    const bound: StaticBinding[] = [];
    const provisioning: corev1.PersistentVolumeClaim[] = [];
    try {
      for (const { claim, volume } of staticBindings) {
        bound.push({ claim, volume: yield* client.resource(persistentVolumes).update(volume) });
      }
      for (const claim of provisions) {
        const resource = client.resource(persistentVolumeClaims, claim.metadata.namespace);
        provisioning.push(yield* resource.update(claim));
      }
    } catch (error) {
      const rest = {
        staticBindings: staticBindings.slice(bound.length),
        provisions: provisions.slice(provisioning.length),
      };
      this.revertAssumedPodVolumes(rest);
      throw error;
    }
    return { staticBindings: bound, provisions: provisioning };
  }
  /** Whether all is bound. @throws Error when it never will be */
  #checkBindings(pod: corev1.Pod, nodeName: string, { staticBindings, provisions }: PodVolumes): boolean {
    const node = this.#nodes.get(nodeName);
    if (!node) throw new Error(`binding volumes: failed to get node "${nodeName}": node "${nodeName}" not found`);
    if (!this.#pods.get(metaNamespaceKey(pod))) {
      throw new Error(`binding volumes: pod does not exist any more: pod "${pod.metadata.name ?? ''}" not found`);
    }
    return (
      staticBindings.every((binding) => this.#isStaticBindingDone(binding, node)) &&
      provisions.every((claim) => this.#isProvisionDone(claim, node))
    );
  }
  #isStaticBindingDone({ claim, volume }: StaticBinding, node: corev1.Node): boolean {
    const name = volume.metadata.name ?? '';
    const current = this.#volumes.getApiObject(name);
    const currentClaim = this.#claims.getApiObject(metaNamespaceKey(claim));
    if (!current || !currentClaim)
      throw new Error(`binding volumes: failed to check binding: could not find "${name}"`);
    if (isNewer(volume, current)) return false;
    checkReachable(current, node);
    if (!current.spec?.claimRef?.uid) throw new Error(`binding volumes: ClaimRef got reset for pv "${name}"`);
    return isFullyBound(currentClaim);
  }
  #isProvisionDone(claim: corev1.PersistentVolumeClaim, node: corev1.Node): boolean {
    const name = claim.metadata.name ?? '';
    const current = this.#claims.getApiObject(metaNamespaceKey(claim));
    if (!current) throw new Error(`binding volumes: failed to check provisioning pvc: could not find "${name}"`);
    if (isNewer(claim, current)) return false;
    const { annotations } = current.metadata;
    if (!annotations) throw new Error(`binding volumes: selectedNode annotation reset for PVC "${name}"`);
    if (annotations[selectedNode] !== node.metadata.name) {
      throw new Error(`binding volumes: provisioning failed for PVC "${name}"`);
    }
    if (current.spec?.volumeName) {
      const volume = this.#volumes.getApiObject(current.spec.volumeName);
      if (!volume) return false;
      checkReachable(volume, node);
    }
    return isFullyBound(current);
  }
}

const isNewer = (a: corev1.PersistentVolume | corev1.PersistentVolumeClaim, b: typeof a): boolean =>
  BigInt(a.metadata.resourceVersion || '0') > BigInt(b.metadata.resourceVersion || '0');

function checkReachable(volume: corev1.PersistentVolume, node: corev1.Node): void {
  if (checkNodeAffinity(volume, node)) return;
  const names = `pv "${volume.metadata.name ?? ''}" node affinity doesn't match node "${node.metadata.name ?? ''}"`;
  throw new Error(`binding volumes: ${names}: no matching NodeSelectorTerms`);
}
