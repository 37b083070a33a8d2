import type * as corev1 from '../../api/core/v1.ts';
import type { StatusLevel, StatusView } from './kind-look.ts';

/**
 * The word that `kubectl get pods` prints under STATUS.
 *
 * Upstream: pkg/printers/internalversion/printers.go printPod (v1.36)
 */
export function podStatusText(pod: corev1.Pod): string {
  const status = pod.status ?? {};
  let reason = status.reason || status.phase || 'Pending';
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated'))
    reason = 'SchedulingGated';
  const init = initText(pod);
  if (init !== undefined) reason = init;
  else reason = containersText(status.containerStatuses ?? [], reason, pod);
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  if (status.reason === 'NodeLost') return 'Unknown';
  return status.phase === 'Failed' || status.phase === 'Succeeded' ? reason : 'Terminating';
}

const restartable = (container: corev1.Container | undefined) => container?.restartPolicy === 'Always';

function initText(pod: corev1.Pod): string | undefined {
  const specs = pod.spec?.initContainers ?? [];
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (restartable(specs.find((spec) => spec.name === status.name)) && status.started) continue;
    if (terminated) return `Init:${terminated.reason || exitText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function exitText(terminated: corev1.ContainerStateTerminated): string {
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function containersText(statuses: readonly corev1.ContainerStatus[], before: string, pod: corev1.Pod): string {
  let reason = before;
  let hasRunning = false;
  for (const status of [...statuses].reverse()) {
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminated.reason || exitText(terminated);
    else if (status.ready && running) hasRunning = true;
  }
  if (reason === 'Completed' && hasRunning) {
    return pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ? 'Running' : 'NotReady';
  }
  return reason;
}

const working = new Set([
  'Pending',
  'ContainerCreating',
  'PodInitializing',
  'Terminating',
  'SchedulingGated',
  'NotReady',
]);
const broken =
  /BackOff|Err|Error|Invalid|OOMKilled|Failed|Evicted|Unknown|ExitCode|Signal|DeadlineExceeded|CannotRun|OutOf|NodeLost/;

/** Status with level and reason: what the graph, the list and the inspector show of a pod. */
export function podStatus(pod: corev1.Pod): StatusView {
  const text = podStatusText(pod);
  const conditions = pod.status?.conditions ?? [];
  const unscheduled = conditions.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  const detail = unscheduled?.message || waitingMessage(pod) || pod.status?.message;
  if (unscheduled?.reason === 'Unschedulable' && text === 'Pending')
    return { level: 'warning', text: 'Unschedulable', ...say(detail) };
  if (text === 'Running') {
    const ready = conditions.some((c) => c.type === 'Ready' && c.status === 'True');
    return ready ? { level: 'ok', text } : { level: 'progress', text: 'Not ready', ...say(notReady(conditions)) };
  }
  return { level: levelOf(text), text, ...say(detail) };
}

function levelOf(text: string): StatusLevel {
  if (text === 'Completed' || text === 'Succeeded') return 'done';
  if (broken.test(text)) return 'error';
  return working.has(text) || text.startsWith('Init:') ? 'progress' : 'neutral';
}

const say = (detail: string | undefined) => (detail ? { detail } : {});

function waitingMessage(pod: corev1.Pod): string | undefined {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return all.map((s) => s.state?.waiting?.message ?? s.state?.terminated?.message).find((message) => message);
}

function notReady(conditions: readonly corev1.PodCondition[]): string | undefined {
  return conditions.find((c) => (c.type === 'ContainersReady' || c.type === 'Ready') && c.status === 'False')?.message;
}
