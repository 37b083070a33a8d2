/**
 * Evicts pods from devices with NoExecute taints that their claims do not tolerate, or tolerate no longer.
 *
 * Reads pods, resource claims and resource slices through informers; marks and deletes pods. Whoever has to go is decided in the handlers,
 * from what is known of devices and claims at that moment; the queue holds who goes when. DeviceTaintRules are not looked at: their
 * feature gate is off by default. Upstream: pkg/controller/devicetainteviction/device_taint_eviction.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { pods, resourceClaims, resourceSlices } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { metaNamespaceKey, splitMetaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { withPodCondition } from '../shared/pod-conditions.ts';
import { DevicePools } from './device-pools.ts';
import { type AllocatedClaim, claimEvictionTime, podEvictionTime } from './eviction-time.ts';

const name = 'device-taint-eviction-controller';

export const deviceTaintEvictionController = defineController({ name, start });

function start(run: ControllerRun): void {
  const podInformer = run.informer(pods);
  const claimInformer = run.informer(resourceClaims);
  const sliceInformer = run.informer(resourceSlices);
  const queue = run.queue();
  const evictions = new Evictions(run, queue);
  const pools = new DevicePools();
  const allocated = new Map<string, AllocatedClaim>();

  const handlePods = (claim: resourcev1.ResourceClaim) => {
    for (const { apiGroup = '', resource, name: podName, uid } of claim.status?.reservedFor ?? []) {
      if (apiGroup !== '' || resource !== 'pods') continue;
      const pod = podInformer.store.get(`${claim.metadata.namespace ?? ''}/${podName}`);
      if (pod && pod.metadata.uid === uid) evictions.set(pod, podEvictionTime(pod, allocated));
    }
  };
  const handleClaim = (old: resourcev1.ResourceClaim | undefined, claim: resourcev1.ResourceClaim | undefined) => {
    const key = metaNamespaceKey((claim ?? old) as resourcev1.ResourceClaim);
    // What was allocated stays so, and with it the time, until devices change.
    const same = old?.metadata.uid === claim?.metadata.uid && old?.status?.allocation ? allocated.get(key) : undefined;
    if (claim?.status?.allocation) {
      allocated.set(key, { claim, evictionMs: same ? same.evictionMs : claimEvictionTime(claim, pools) });
    } else allocated.delete(key);
    if (old && !(claim && deepEqual(old.status?.reservedFor, claim.status?.reservedFor))) handlePods(old);
    if (claim) handlePods(claim);
  };
  const devicesChanged = ({ spec }: resourcev1.ResourceSlice) => {
    for (const [key, { claim, evictionMs }] of allocated) {
      const results = claim.status?.allocation?.devices?.results ?? [];
      if (!results.some(({ driver, pool }) => driver === spec.driver && pool === spec.pool.name)) continue;
      const next = claimEvictionTime(claim, pools);
      if (next === evictionMs) continue;
      allocated.set(key, { claim, evictionMs: next });
      handlePods(claim);
    }
  };
  const handlePod = (pod: corev1.Pod) => evictions.set(pod, podEvictionTime(pod, allocated));

  run.watch(claimInformer, {
    add: (claim) => handleClaim(undefined, claim),
    update: (old, claim) => handleClaim(old, claim),
    delete: (claim) => handleClaim(claim, undefined),
  });
  run.watch(podInformer, {
    add: handlePod,
    update: (old, pod) => {
      const placed = old.spec?.nodeName === pod.spec?.nodeName;
      if (!placed || !deepEqual(old.status?.resourceClaimStatuses, pod.status?.resourceClaimStatuses)) handlePod(pod);
    },
    delete: (pod) => evictions.forget(pod),
  });
  run.watch(sliceInformer, {
    add: (slice) => {
      pools.add(slice);
      devicesChanged(slice);
    },
    update: (old, slice) => {
      pools.remove(old);
      pools.add(slice);
      devicesChanged(slice);
    },
    delete: (slice) => {
      pools.remove(slice);
      devicesChanged(slice);
    },
  });
  run.work({
    queue,
    informers: [podInformer, claimInformer, sliceInformer],
    reconcile: (key) => evictions.maybeDeletePod(key),
  });
}

/** Which pods go when. A pod is known by name and uid: one that replaces it is another. */
class Evictions {
  readonly #run: ControllerRun;
  readonly #queue: RateLimitingQueue;
  readonly #emit: (key: string, message: string) => void;
  readonly #deletePodAt = new Map<string, number>();
  readonly #evicted = new Set<string>();

  constructor(run: ControllerRun, queue: RateLimitingQueue) {
    this.#run = run;
    this.#queue = queue;
    const recorder = run.recorder(name);
    this.#emit = (key, message) => {
      const { namespace, podName, uid } = parse(key);
      const about = { apiVersion: 'v1', kind: 'Pod', namespace, name: podName, uid };
      recorder.event(about, 'Normal', 'DeviceTaintManagerEviction', message);
    };
  }

  /** The pod goes at that time, or, when it is undefined, stays. */
  set(pod: corev1.Pod, atMs: number | undefined): void {
    const key = keyOf(pod);
    if (atMs === undefined) {
      if (this.#deletePodAt.delete(key)) this.#emit(key, 'Cancelling deletion');
      return;
    }
    this.#deletePodAt.set(key, atMs);
    const delay = atMs - this.#run.now();
    if (delay <= 0) this.#queue.add(key);
    else this.#queue.addAfter(key, delay);
  }
  /** The pod is gone. */
  forget(pod: corev1.Pod): void {
    this.#deletePodAt.delete(keyOf(pod));
    this.#evicted.delete(keyOf(pod));
  }
  /** Upstream: maybeDeletePod (v1.36) */
  *maybeDeletePod(key: string): Process<void> {
    const atMs = this.#deletePodAt.get(key);
    if (atMs === undefined || this.#evicted.has(key)) return;
    const delay = atMs - this.#run.now();
    if (delay > 0) return this.#queue.addAfter(key, delay);
    try {
      yield* this.#addConditionAndDeletePod(key);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#deletePodAt.delete(key);
    this.#evicted.add(key);
  }
  *#addConditionAndDeletePod(key: string): Process<void> {
    const { namespace, podName, uid } = parse(key);
    const resource = this.#run.client.resource(pods, namespace);
    const pod = yield* resource.get(podName);
    if (pod.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return;
    this.#emit(key, 'Marking for deletion');
    const condition = {
      type: 'DisruptionTarget',
      status: 'True' as const,
      reason: 'DeletionByDeviceTaintManager',
      message: 'Device Taint manager: deleting due to NoExecute taint',
    };
    const conditions = withPodCondition(pod, condition, formatTime(this.#run.now()));
    if (conditions) {
      const patch = { metadata: { uid }, status: { conditions } };
      yield* resource.patch(podName, 'strategic', patch, { subresource: 'status' });
    }
    yield* resource.delete(podName, { preconditions: { uid } });
  }
}

const keyOf = (pod: corev1.Pod): string => `${metaNamespaceKey(pod)} ${pod.metadata.uid ?? ''}`;

function parse(key: string): { readonly namespace: string; readonly podName: string; readonly uid: string } {
  const [place = '', uid = ''] = key.split(' ');
  const { namespace, name: podName } = splitMetaNamespaceKey(place);
  return { namespace, podName, uid };
}
