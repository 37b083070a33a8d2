import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { deviceClasses, resourceClaims, resourceSlices } from '../../../api/resources.ts';
import { getControllerOf, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CycleState, StateKey } from '../cycle-state.ts';
import { DeviceAllocator, type DeviceMatcher } from '../dynamic-resources/device-allocator.ts';
import { deviceId } from '../dynamic-resources/device-pools.ts';
import { type Handle, type Plugin, type PostFilterResult, skip } from '../framework.ts';
import { NodeSelectorMatcher } from '../../../api/core/node-affinity.ts';
import type { NodeInfo } from '../node-info.ts';
import { defaultNormalizeScore } from '../normalize-score.ts';
import { notFoundText } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';
import { errorStatus, Status, type Verdict } from '../status.ts';

const name = 'DynamicResources';
const finalizer = 'resource.kubernetes.io/delete-protection';
const maxReservations = 256;
const maxMatchers = 1000;
const cannotAllocate = new Status('UnschedulableAndUnresolvable', 'cannot allocate all claims', name);
const notAvailable = new Status('UnschedulableAndUnresolvable', 'resourceclaim not available on the node', name);
const unschedulable = (text: string) => new Status('Unschedulable', text, name);
const unresolvable = (text: string) => new Status('UnschedulableAndUnresolvable', text, name);

interface ClaimsState {
  claims: readonly resourcev1.ResourceClaim[];
  toAllocate: readonly resourcev1.ResourceClaim[];
  allocator: DeviceAllocator | undefined;
  /** Allocations found, by node. */
  readonly byNode: Map<string, readonly resourcev1.AllocationResult[]>;
  reserved: readonly resourcev1.AllocationResult[];
  /** Allocated claims that are not to be had on some node. */
  readonly unavailable: Set<resourcev1.ResourceClaim>;
}

const stateKey = new StateKey<ClaimsState>(name);

const isSame = (a: corev1.Pod, b: corev1.Pod) => a.metadata.uid === b.metadata.uid;

function isNobodyElses({ status }: resourcev1.ResourceClaim, pod: corev1.Pod): boolean {
  const [first, second] = status?.reservedFor ?? [];
  return first === undefined || (second === undefined && first.uid === pod.metadata.uid);
}

/** Upstream: dynamic-resource-allocation/resourceclaim IsForPod */
const isForPod = (claim: resourcev1.ResourceClaim, pod: corev1.Pod): boolean =>
  getControllerOf(claim)?.uid === pod.metadata.uid;

const isReservedFor = (claim: resourcev1.ResourceClaim, pod: corev1.Pod): boolean =>
  claim.status?.reservedFor?.some(({ uid }) => uid === pod.metadata.uid) ?? false;

/**
 * Gives pods the devices that their ResourceClaims ask for. Upstream: plugins/dynamicresources/dynamicresources.go (v1.36), its core.
 */
class DynamicResources implements Plugin {
  readonly name = name;
  readonly #handle: Handle;
  readonly #claims;
  readonly #classes;
  readonly #slices;
  /** Selectors compiled, by expression. */
  readonly #matchers = new Map<string, DeviceMatcher>();
  /** Allocations that are being written, by the claim's uid. */
  readonly #pending = new Map<string, resourcev1.AllocationResult>();

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#claims = handle.informers.informer(resourceClaims).store;
    this.#classes = handle.informers.informer(deviceClasses).store;
    this.#slices = handle.informers.informer(resourceSlices).store;
  }

  /** The pod's claims, or what is missing. Upstream: foreachPodResourceClaim */
  #claimsOf(pod: corev1.Pod): readonly resourcev1.ResourceClaim[] | string {
    const found: resourcev1.ResourceClaim[] = [];
    for (const { name: podClaim, resourceClaimName, resourceClaimTemplateName } of pod.spec?.resourceClaims ?? []) {
      const generated = pod.status?.resourceClaimStatuses?.find((status) => status.name === podClaim);
      if (resourceClaimTemplateName && !generated) {
        return `pod "${metaNamespaceKey(pod)}": ResourceClaim not created yet`;
      }
      const claimName = resourceClaimName ?? generated?.resourceClaimName;
      if (claimName === undefined) continue;
      const claim = this.#claims.get(`${pod.metadata.namespace ?? ''}/${claimName}`);
      if (!claim) return notFoundText('resourceclaim.resource.k8s.io', claimName);
      if (claim.metadata.deletionTimestamp) return `resourceclaim "${claimName}" is being deleted`;
      if (generated && !isForPod(claim, pod)) {
        const names = `ResourceClaim ${metaNamespaceKey(claim)} was not created for Pod ${metaNamespaceKey(pod)}`;
        return `${names} (Pod is not owner)`;
      }
      found.push(claim);
    }
    return found;
  }

  preEnqueue(pod: corev1.Pod): Verdict {
    if (!pod.spec?.resourceClaims?.length) return undefined;
    const claims = this.#claimsOf(pod);
    return typeof claims === 'string' ? unresolvable(claims) : undefined;
  }
  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    const noted: ClaimsState = {
      claims: [],
      toAllocate: [],
      allocator: undefined,
      byNode: new Map(),
      reserved: [],
      unavailable: new Set(),
    };
    state.write(stateKey, noted);
    if (!pod.spec?.resourceClaims?.length) return skip;
    const claims = this.#claimsOf(pod);
    if (typeof claims === 'string') return unresolvable(claims);
    if (claims.length === 0) return skip;
    for (const claim of claims) {
      const problem = this.#problemOf(claim, pod);
      if (problem !== undefined) return unresolvable(problem);
    }
    noted.claims = claims;
    noted.toAllocate = claims.filter((claim) => !claim.status?.allocation);
    if (noted.toAllocate.length > 0) noted.allocator = this.#newAllocator();
    return undefined;
  }
  #problemOf(claim: resourcev1.ResourceClaim, pod: corev1.Pod): string | undefined {
    if (claim.status?.allocation) {
      const isFull = (claim.status.reservedFor?.length ?? 0) >= maxReservations;
      return isFull && !isReservedFor(claim, pod) ? 'resourceclaim in use' : undefined;
    }
    if (this.#pending.has(claim.metadata.uid ?? '')) {
      return `resource claim ${metaNamespaceKey(claim)} is in the process of being allocated`;
    }
    for (const { name: request, exactly, firstAvailable = [] } of claim.spec.devices?.requests ?? []) {
      const asked = exactly
        ? [{ request, className: exactly.deviceClassName }]
        : firstAvailable.map((sub) => ({ request: `${request}/${sub.name}`, className: sub.deviceClassName }));
      const missing = asked.find(({ className }) => !this.#classes.get(className));
      if (missing) return `request ${missing.request}: device class ${missing.className} does not exist`;
    }
    return undefined;
  }
  #newAllocator(): DeviceAllocator {
    const allocated = new Set<string>();
    const allocations = this.#claims.list().flatMap((claim) => claim.status?.allocation ?? []);
    for (const { devices } of [...allocations, ...this.#pending.values()]) {
      for (const { driver, pool, device, adminAccess } of devices?.results ?? []) {
        if (!adminAccess) allocated.add(deviceId(driver, pool, device));
      }
    }
    const classes = new Map(this.#classes.list().map((found) => [found.metadata.name ?? '', found]));
    return new DeviceAllocator(this.#slices.list(), allocated, classes, (expression) => this.#matcherOf(expression));
  }
  #matcherOf(expression: string): DeviceMatcher {
    let matcher = this.#matchers.get(expression);
    if (!matcher) {
      if (this.#matchers.size >= maxMatchers) this.#matchers.clear();
      this.#matchers.set(expression, (matcher = this.#handle.compileDeviceSelector(expression)));
    }
    return matcher;
  }
  filter(state: CycleState, _pod: PodInfo, { name: nodeName, node }: NodeInfo): Verdict {
    const noted = state.read(stateKey);
    let isAvailable = true;
    for (const claim of noted.claims) {
      const selector = claim.status?.allocation?.nodeSelector;
      if (!selector || new NodeSelectorMatcher(selector).matches(node)) continue;
      noted.unavailable.add(claim);
      isAvailable = false;
    }
    if (!isAvailable) return notAvailable;
    if (!noted.allocator) return undefined;
    let results: readonly resourcev1.AllocationResult[] | undefined;
    try {
      results = noted.allocator.allocate(noted.toAllocate, node);
    } catch (error) {
      return errorStatus(error);
    }
    if (!results) return cannotAllocate;
    noted.byNode.set(nodeName, results);
    return undefined;
  }
  /** A claim that keeps the pod from some node, and that nobody else uses, may be allocated anew. Differs: the first one; upstream's choice is random. */
  postFilter(state: CycleState, { pod }: PodInfo): PostFilterResult | Process<PostFilterResult> {
    const noted = state.tryRead(stateKey);
    if (!noted) return { nominatedNodeName: undefined, status: new Status('Error', 'not found', name) };
    const free = noted.claims.find((claim) => noted.unavailable.has(claim) && isNobodyElses(claim, pod));
    if (free) return this.#deallocate(free);
    const text = noted.claims.length === 0 ? 'no new claims to deallocate' : 'still not schedulable';
    return { nominatedNodeName: undefined, status: unschedulable(text) };
  }
  *#deallocate(claim: resourcev1.ResourceClaim): Process<PostFilterResult> {
    const { allocation: _, reservedFor: __, devices: ___, ...status } = claim.status ?? {};
    try {
      yield* this.#handle.client.resource(resourceClaims, claim.metadata.namespace).updateStatus({ ...claim, status });
    } catch (error) {
      return { nominatedNodeName: undefined, status: errorStatus(error, name) };
    }
    return { nominatedNodeName: undefined, status: unschedulable('deallocation of ResourceClaim completed') };
  }
  preScore(state: CycleState): Verdict {
    return (state.tryRead(stateKey)?.claims.length ?? 0) > 0 ? undefined : skip;
  }
  /** Earlier alternatives are better. Upstream: computeScore */
  score(state: CycleState, _pod: PodInfo, { name: nodeName }: NodeInfo): number {
    const { claims, byNode } = state.read(stateKey);
    const chosen = new Set(byNode.get(nodeName)?.flatMap((r) => r.devices?.results?.map((d) => d.request) ?? []));
    let score = 0;
    for (const { spec } of claims) {
      for (const { name: request, firstAvailable = [] } of spec.devices?.requests ?? []) {
        firstAvailable.forEach((sub, i) => {
          if (chosen.has(`${request}/${sub.name}`)) score += 8 - i;
        });
      }
    }
    return score;
  }
  normalizeScore(_state: CycleState, _pod: PodInfo, scores: Float64Array): void {
    defaultNormalizeScore(scores, false);
  }

  reserve(state: CycleState, _pod: PodInfo, nodeName: string): Verdict {
    const noted = state.tryRead(stateKey);
    if (!noted || noted.toAllocate.length === 0) return undefined;
    const results = noted.byNode.get(nodeName);
    if (!results) return errorStatus(new Error('claim allocation not found for node'), name);
    noted.reserved = results;
    noted.toAllocate.forEach((claim, i) => {
      const result = results[i];
      if (result) this.#pending.set(claim.metadata.uid ?? '', result);
    });
    return undefined;
  }
  unreserve(state: CycleState): void {
    for (const claim of state.tryRead(stateKey)?.toAllocate ?? []) this.#pending.delete(claim.metadata.uid ?? '');
  }
  preBindPreFlight(state: CycleState): Verdict {
    return (state.tryRead(stateKey)?.claims.length ?? 0) > 0 ? undefined : skip;
  }
  *preBind(state: CycleState, { pod }: PodInfo): Process<Verdict> {
    const noted = state.tryRead(stateKey);
    for (const claim of noted?.claims ?? []) {
      if (isReservedFor(claim, pod)) continue;
      const at = noted?.toAllocate.indexOf(claim) ?? -1;
      try {
        yield* this.#bindClaim(claim, pod, at < 0 ? undefined : noted?.reserved[at]);
        this.#pending.delete(claim.metadata.uid ?? '');
      } catch (error) {
        return errorStatus(error);
      }
    }
    return undefined;
  }
  /** Writes allocation and reservation. Upstream: bindClaim */
  *#bindClaim(
    claim: resourcev1.ResourceClaim,
    pod: corev1.Pod,
    allocation: resourcev1.AllocationResult | undefined,
  ): Process<void> {
    const resource = this.#handle.client.resource(resourceClaims, claim.metadata.namespace);
    let current = claim;
    const { finalizers = [] } = claim.metadata;
    if (allocation && !finalizers.includes(finalizer)) {
      const metadata = { ...claim.metadata, finalizers: [...finalizers, finalizer] };
      current = yield* resource.update({ ...claim, metadata });
    }
    const { name: podName = '', uid = '' } = pod.metadata;
    const reservedFor = [...(current.status?.reservedFor ?? []), { resource: 'pods', name: podName, uid }];
    const allocationTimestamp = formatTime(this.#handle.sim.now());
    const status = allocation
      ? { ...current.status, allocation: { ...allocation, allocationTimestamp }, reservedFor }
      : { ...current.status, reservedFor };
    yield* resource.updateStatus({ ...current, status });
  }

  eventsToRegister() {
    const addOrUpdate = action.add | action.update;
    return [
      onEvent<resourcev1.ResourceClaim>(
        'ResourceClaim',
        action.add | action.update | action.delete,
        (pod, _old, claim) => {
          const claims = this.#claimsOf(pod);
          if (typeof claims === 'string') return false;
          return !claim || claims.some((own) => own.metadata.uid === claim.metadata.uid) || !claim.status?.allocation;
        },
      ),
      onEvent<corev1.Pod>('Pod', action.updatePodGeneratedResourceClaim, (pod, _old, updated) => {
        return updated !== undefined && isSame(updated, pod) && typeof this.#claimsOf(updated) !== 'string';
      }),
      onEvent('Node', action.add | action.updateNodeLabel | action.updateNodeTaint),
      onEvent('DeviceClass', addOrUpdate),
      onEvent('ResourceSlice', addOrUpdate),
    ];
  }
}

export const newDynamicResources = (_: unknown, handle: Handle): Plugin => new DynamicResources(handle);
