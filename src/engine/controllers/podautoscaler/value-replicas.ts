import type * as corev1 from '../../../api/core/v1.ts';
import { isPodReady } from '../shared/pod-status.ts';
import { isWithin, type Tolerances } from './metric-replicas.ts';

const maxInt32 = 2_147_483_647;

/** The value is known, but not how many pods are ready. */
export class ReplicasError extends Error {
  override readonly name = 'ReplicasError';
}

/** What one value proposes: replicas, and the use that the status shows, in thousandths. */
export interface ValueProposal {
  readonly replicas: number;
  readonly usage: number;
}

/** For a target of the whole value. Upstream: replica_calculator.go getUsageRatioReplicaCount (v1.36) */
export function getUsageRatioReplicaCount(
  usage: number,
  target: number,
  current: number,
  tolerances: Tolerances,
  pods: readonly corev1.Pod[],
): ValueProposal {
  const ratio = usage / target;
  if (current === 0) return { replicas: Math.ceil(ratio), usage };
  if (isWithin(tolerances, ratio)) return { replicas: current, usage };
  if (pods.length === 0)
    throw new ReplicasError(
      'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    );
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length;
  return { replicas: Math.min(maxInt32, Math.ceil(ratio * ready)), usage };
}

/** For a target of the value by pod. Upstream: GetObjectPerPodMetricReplicas, GetExternalPerPodMetricReplicas (v1.36) */
export function getPerPodReplicas(
  usage: number,
  target: number,
  statusReplicas: number,
  tolerances: Tolerances,
): ValueProposal {
  const ratio = usage / (target * statusReplicas);
  const replicas = isWithin(tolerances, ratio) ? statusReplicas : Math.min(maxInt32, Math.ceil(usage / target));
  return { replicas, usage: Math.ceil(usage / statusReplicas) };
}
