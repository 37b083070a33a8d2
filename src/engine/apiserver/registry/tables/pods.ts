/** The table of pods. Upstream: printers.go printPod (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import type { TableColumn } from '../table-column.ts';
import { ageColumn, column, nameColumn, translateTimestampSince } from './cells.ts';

interface Summary {
  readonly ready: string;
  readonly reason: string;
  readonly restarts: string;
}

/** What containers' statuses add up to. */
class Tally {
  restarts = 0;
  ready = 0;
  last = '';
  reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
  count({ restartCount, lastState }: corev1.ContainerStatus): void {
    this.restarts += restartCount ?? 0;
    const finished = lastState?.terminated?.finishedAt ?? '';
    if (finished > this.last) this.last = finished;
  }
}

const terminatedText = ({ reason, signal, exitCode }: corev1.ContainerStateTerminated): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

function isTrue(pod: corev1.Pod, type: string): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
}

/** Walks init containers; gives whether one of them is still at work or has failed. */
function walkInit(pod: corev1.Pod, tally: Tally, sidecars: Tally): boolean {
  const restartable = new Set(
    (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { state, name, started, ready } = status;
    tally.count(status);
    if (restartable.has(name)) sidecars.count(status);
    if (state?.terminated && (state.terminated.exitCode ?? 0) === 0) continue;
    if (restartable.has(name) && started) {
      if (ready) tally.ready++;
      continue;
    }
    const waiting = state?.waiting?.reason;
    if (state?.terminated) tally.reason = `Init:${terminatedText(state.terminated)}`;
    else if (waiting && waiting !== 'PodInitializing') tally.reason = `Init:${waiting}`;
    else tally.reason = `Init:${i}/${pod.spec?.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

function walkContainers(pod: corev1.Pod, tally: Tally): void {
  let running = false;
  let failure = '';
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const { state, ready } = status;
    tally.count(status);
    if (state?.waiting?.reason) tally.reason = state.waiting.reason;
    else if (state?.terminated) {
      tally.reason = terminatedText(state.terminated);
      if ((state.terminated.exitCode ?? 0) !== 0) failure = tally.reason;
    } else if (ready && state?.running) {
      running = true;
      tally.ready++;
    }
  }
  if (tally.reason !== 'Completed') return;
  if (running && isTrue(pod, 'Ready')) tally.reason = 'Running';
  else if (failure !== '') tally.reason = failure;
  else if (running) tally.reason = 'NotReady';
}

/** Readiness, state and restarts of a pod in words. `nowMs`: the present time in ms since the Unix epoch. */
export function summarizePod(pod: corev1.Pod, nowMs: number): Summary {
  const { spec, status } = pod;
  const gated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const tally = new Tally(gated ? 'SchedulingGated' : status?.reason || (status?.phase ?? ''));
  const sidecars = new Tally('');
  const initializing = walkInit(pod, tally, sidecars);
  if (!initializing || isTrue(pod, 'Initialized')) {
    tally.restarts = sidecars.restarts;
    tally.last = sidecars.last;
    walkContainers(pod, tally);
  }
  const finished = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status?.reason === 'NodeLost') tally.reason = 'Unknown';
    else if (!finished) tally.reason = 'Terminating';
  }
  const total =
    (spec?.containers?.length ?? 0) +
    (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length;
  const ago = tally.restarts !== 0 && tally.last !== '' ? ` (${translateTimestampSince(tally.last, nowMs)} ago)` : '';
  return { ready: `${tally.ready}/${total}`, reason: tally.reason, restarts: `${tally.restarts}${ago}` };
}

function readinessGates(pod: corev1.Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  return `${gates.filter(({ conditionType }) => isTrue(pod, conditionType)).length}/${gates.length}`;
}

const wide = { wide: true } as const;
const pod = column<corev1.Pod>;

export const podColumns: readonly TableColumn<corev1.Pod>[] = [
  nameColumn,
  pod('Ready', (object, nowMs) => summarizePod(object, nowMs).ready),
  pod('Status', (object, nowMs) => summarizePod(object, nowMs).reason),
  pod('Restarts', (object, nowMs) => summarizePod(object, nowMs).restarts),
  ageColumn,
  pod('IP', ({ status }) => status?.podIPs?.[0]?.ip || '<none>', wide),
  pod('Node', ({ spec }) => spec?.nodeName || '<none>', wide),
  pod('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>', wide),
  pod('Readiness Gates', readinessGates, wide),
];

const completed = { type: 'Completed', status: 'True' };
const rowConditions: ReadonlyMap<string | undefined, readonly object[]> = new Map([
  ['Succeeded', [{ ...completed, reason: 'Succeeded', message: 'The pod has completed successfully.' }]],
  ['Failed', [{ ...completed, reason: 'Failed', message: 'The pod failed.' }]],
]);

/** Marks rows of pods that are done. */
export function podRowConditions(object: KubernetesObject): readonly object[] | undefined {
  return rowConditions.get((object as corev1.Pod).status?.phase);
}
