import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { timeOf } from '../shared/api-time.ts';
import { isForPod, isReservedForPod, resourceClaimName } from '../shared/resource-claims.ts';
import type { DevicePools } from './device-pools.ts';

/** A claim that has devices. */
export interface AllocatedClaim {
  readonly claim: resourcev1.ResourceClaim;
  /** When pods that use it must go, in ms; undefined when they may stay. */
  readonly evictionMs: number | undefined;
}

/** Upstream: dynamic-resource-allocation/resourceclaim/devicetoleration.go ToleratesTaint (v1.36) */
function toleratesTaint(toleration: resourcev1.DeviceToleration, taint: resourcev1.DeviceTaint): boolean {
  const { effect, key, operator = 'Equal', value = '' } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
}

/** Seconds for which a taint is borne; undefined: for ever. Only tolerations that name the effect count. */
function tolerationSeconds(
  taint: resourcev1.DeviceTaint,
  tolerations: readonly resourcev1.DeviceToleration[],
): number | undefined {
  const matching = tolerations.filter((one) => one.effect === 'NoExecute' && toleratesTaint(one, taint));
  if (matching.some((one) => one.tolerationSeconds === undefined)) return undefined;
  if (matching.length === 0) return 0;
  return Math.max(0, Math.min(...matching.map((one) => one.tolerationSeconds ?? 0)));
}

/** Upstream: pkg/controller/devicetainteviction/device_taint_eviction.go claimEvictionTime (v1.36) */
export function claimEvictionTime(claim: resourcev1.ResourceClaim, pools: DevicePools): number | undefined {
  let earliest: number | undefined;
  for (const { driver, pool, device, tolerations = [] } of claim.status?.allocation?.devices?.results ?? []) {
    for (const taint of pools.device(driver, pool, device)?.taints ?? []) {
      const addedMs = timeOf(taint.timeAdded);
      if (taint.effect !== 'NoExecute' || addedMs === undefined) continue;
      const seconds = tolerationSeconds(taint, tolerations);
      if (seconds === undefined) continue;
      const when = addedMs + seconds * 1000;
      if (earliest === undefined || when < earliest) earliest = when;
    }
  }
  return earliest;
}

/**
 * When a pod must go, in ms; undefined when it may stay: it has no node yet, or no claim that it holds has a device it must leave.
 *
 * @param allocated by `namespace/name`
 *
 * Upstream: device_taint_eviction.go podEvictionTime (v1.36)
 */
export function podEvictionTime(pod: corev1.Pod, allocated: ReadonlyMap<string, AllocatedClaim>): number | undefined {
  if (!pod.spec?.nodeName) return undefined;
  let earliest: number | undefined;
  for (const podClaim of pod.spec.resourceClaims ?? []) {
    const name = resourceClaimName(pod, podClaim);
    if (name.kind !== 'named') continue;
    const found = allocated.get(`${pod.metadata.namespace ?? ''}/${name.name}`);
    if (found?.evictionMs === undefined) continue;
    if (name.mustCheckOwner && !isForPod(pod, found.claim)) continue;
    if (!isReservedForPod(pod, found.claim)) continue;
    if (earliest === undefined || found.evictionMs < earliest) earliest = found.evictionMs;
  }
  return earliest;
}
