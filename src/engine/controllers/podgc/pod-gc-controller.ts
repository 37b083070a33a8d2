/**
 * Removes pods that nobody else will: those of nodes that are gone, those that were deleted before they were scheduled, those stuck on
 * nodes out of service, and the oldest finished ones when there are too many.
 *
 * Reads pods and nodes through informers, every twenty seconds; marks pods failed and deletes them without grace.
 * Upstream: pkg/controller/podgc/gc_controller.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { nodes, pods } from '../../../api/resources.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';
import { withPodCondition } from '../shared/pod-conditions.ts';
import { isPodTerminal } from '../shared/pod-status.ts';

const gcCheckPeriodMs = 20_000;
const quarantineMs = 40_000;
const terminatedPodThreshold = 12_500;
const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

export const podGCController = defineController({
  name: 'pod-garbage-collector-controller',
  serviceAccount: 'pod-garbage-collector',
  start,
});

function start(run: ControllerRun): void {
  const podInformer = run.informer(pods);
  const nodeInformer = run.informer(nodes);
  /** When a node was first missed. */
  const missed = new Map<string, number>();
  let busy = false;

  function* gc(): Process<void> {
    try {
      const all = podInformer.store.list();
      const terminated = all.filter(isPodTerminal).sort(byEvictionAndCreationTimestamp);
      for (const pod of terminated.slice(0, Math.max(0, terminated.length - terminatedPodThreshold))) {
        yield* markFailedAndDeletePod(run, pod);
      }
      for (const pod of all.filter((one) => isStuck(one, nodeInformer.store.get(one.spec?.nodeName ?? '')))) {
        yield* markFailedAndDeletePod(run, pod);
      }
      yield* gcOrphaned(all);
      for (const pod of all) {
        if (pod.metadata.deletionTimestamp !== undefined && !pod.spec?.nodeName)
          yield* markFailedAndDeletePod(run, pod);
      }
    } finally {
      busy = false;
    }
  }
  function* gcOrphaned(all: readonly corev1.Pod[]): Process<void> {
    const gone = new Set<string>();
    const now = run.now();
    for (const name of missed.keys()) if (nodeInformer.store.get(name)) missed.delete(name);
    for (const pod of all) {
      const name = pod.spec?.nodeName;
      if (!name || nodeInformer.store.get(name)) continue;
      const since = missed.get(name);
      if (since === undefined) missed.set(name, now);
      else if (now - since >= quarantineMs) gone.add(name);
    }
    for (const name of gone) {
      if (yield* nodeExists(run, name)) continue;
      missed.delete(name);
      for (const pod of all.filter((one) => one.spec?.nodeName === name)) {
        yield* markFailedAndDeletePod(run, pod, 'PodGC: node no longer exists');
      }
    }
  }
  run.every(gcCheckPeriodMs, () => {
    if (busy || !podInformer.hasSynced || !nodeInformer.hasSynced) return;
    busy = true;
    run.spawn(gc());
  });
}

/** Whether a pod that is to go is on a node that will not let it go. Upstream: gcTerminating (v1.36) */
export function isStuck(pod: corev1.Pod, node: corev1.Node | undefined): boolean {
  if (pod.metadata.deletionTimestamp === undefined || !node) return false;
  const ready = getCondition(node.status?.conditions, 'Ready')?.status === 'True';
  return !ready && (node.spec?.taints ?? []).some(({ key }) => key === outOfServiceTaint);
}

/** Which of the finished pods goes first. */
export function byEvictionAndCreationTimestamp(a: corev1.Pod, b: corev1.Pod): number {
  const evicted = (pod: corev1.Pod) => (pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted' ? 0 : 1);
  const age = (timeOf(a.metadata.creationTimestamp) ?? 0) - (timeOf(b.metadata.creationTimestamp) ?? 0);
  return evicted(a) - evicted(b) || age || compareStrings(a.metadata.name ?? '', b.metadata.name ?? '');
}

function* nodeExists(run: ControllerRun, name: string): Process<boolean> {
  try {
    yield* run.client.resource(nodes).get(name);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function* markFailedAndDeletePod(run: ControllerRun, pod: corev1.Pod, why?: string): Process<void> {
  const { name = '', namespace, uid, generation } = pod.metadata;
  const resource = run.client.resource(pods, namespace);
  try {
    if (!isPodTerminal(pod)) {
      const condition = {
        type: 'DisruptionTarget',
        status: 'True' as const,
        reason: 'DeletionByPodGC',
        message: why ?? '',
      };
      const conditions = why === undefined ? undefined : withPodCondition(pod, condition, formatTime(run.now()));
      const status = { phase: 'Failed', observedGeneration: generation, ...(conditions ? { conditions } : {}) };
      yield* resource.patch(name, 'strategic', { metadata: { uid }, status }, { subresource: 'status' });
    }
    yield* resource.delete(name, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
