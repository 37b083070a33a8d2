import type * as coordinationv1 from '../../../api/coordination/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';

export const nodeMonitorGraceMs = 50_000;
export const nodeStartupGraceMs = 60_000;

/** What is remembered of a node between looks. Times are the controller's own: a node's clock is not trusted. */
export interface NodeHealth {
  readonly probeMs: number;
  readonly ready: corev1.NodeCondition | undefined;
  readonly renewTime: string | undefined;
}

export interface HealthCheck {
  readonly health: NodeHealth;
  /** The node's Ready condition before this look. */
  readonly observedReady: corev1.NodeCondition;
  /** Conditions to be written: the node has been silent for too long. */
  readonly conditions?: readonly corev1.NodeCondition[];
}

/** Upstream: node_lifecycle_controller.go tryUpdateNodeHealth (v1.36) */
export function checkNodeHealth(
  node: corev1.Node,
  lease: coordinationv1.Lease | undefined,
  known: NodeHealth | undefined,
  nowMs: number,
): HealthCheck {
  const created = node.metadata.creationTimestamp ?? formatTime(nowMs);
  const ready = getCondition(node.status?.conditions, 'Ready');
  const never: corev1.NodeCondition = {
    type: 'Ready',
    status: 'Unknown',
    lastHeartbeatTime: created,
    lastTransitionTime: created,
  };
  const renewTime = lease?.spec?.renewTime;
  let probeMs = known?.probeMs ?? (ready ? nowMs : (timeOf(created) ?? nowMs));
  const statusMoved =
    known !== undefined &&
    ((known.ready === undefined) !== (ready === undefined) ||
      known.ready?.lastHeartbeatTime !== ready?.lastHeartbeatTime);
  const leaseMoved = (timeOf(renewTime) ?? 0) > (timeOf(known?.renewTime) ?? 0);
  if (statusMoved || leaseMoved) probeMs = nowMs;
  const health: NodeHealth = { probeMs, ready, renewTime };
  const graceMs = ready ? nodeMonitorGraceMs : nodeStartupGraceMs;
  if (nowMs <= probeMs + graceMs) return { health, observedReady: ready ?? never };
  const conditions = silentConditions(node.status?.conditions ?? [], created, formatTime(nowMs));
  const changed = getCondition(conditions, 'Ready')?.status !== ready?.status || !ready;
  return { health, observedReady: ready ?? never, ...(changed ? { conditions } : {}) };
}

/** What a silent node's conditions become. */
function silentConditions(
  conditions: readonly corev1.NodeCondition[],
  created: string,
  now: string,
): readonly corev1.NodeCondition[] {
  const out = [...conditions];
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const at = out.findIndex((condition) => condition.type === type);
    const current = out[at];
    if (!current) {
      out.push({
        type,
        status: 'Unknown',
        lastHeartbeatTime: created,
        lastTransitionTime: now,
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
      });
    } else if (current.status !== 'Unknown') {
      const message = 'Kubelet stopped posting node status.';
      out[at] = { ...current, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: now };
    }
  }
  return out;
}

const conditionTaints: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', 'node.kubernetes.io/not-ready'],
  ['Ready', 'Unknown', 'node.kubernetes.io/unreachable'],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
];
export const unschedulableTaint = 'node.kubernetes.io/unschedulable';

/** Taints of the effect NoSchedule that follow from conditions: those that should be, and those that are and should not be. */
export function noScheduleTaints(node: corev1.Node): {
  readonly add: readonly string[];
  readonly remove: readonly string[];
} {
  const wanted = new Set<string>();
  for (const [type, status, key] of conditionTaints) {
    if (getCondition(node.status?.conditions, type)?.status === status) wanted.add(key);
  }
  if (node.spec?.unschedulable) wanted.add(unschedulableTaint);
  const ours = new Set([...conditionTaints.map(([, , key]) => key), unschedulableTaint]);
  const present = (node.spec?.taints ?? []).filter(({ key, effect }) => effect === 'NoSchedule' && ours.has(key));
  const keys = new Set(present.map(({ key }) => key));
  return { add: [...wanted].filter((key) => !keys.has(key)), remove: [...keys].filter((key) => !wanted.has(key)) };
}
