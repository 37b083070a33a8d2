/**
 * Evicts pods from nodes with NoExecute taints that they do not tolerate, or tolerate no longer.
 *
 * Reads nodes and pods through informers; marks and deletes pods. Upstream: pkg/controller/tainteviction/taint_eviction.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { nodes, pods } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { metaNamespaceKey, splitMetaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { withPodCondition } from '../shared/pod-conditions.ts';
import { podNodeNameIndex } from '../shared/pod-indexes.ts';
import { toleratesTaint } from '../shared/taints.ts';

interface Eviction {
  readonly createdMs: number;
  readonly fireMs: number;
  readonly cancel: () => void;
}

export const taintEvictionController = defineController({
  name: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  start,
});

const noExecute = (node: corev1.Node | undefined) =>
  (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');

/**
 * Milliseconds that a pod may stay in spite of the taints; undefined when it may stay for ever.
 *
 * Upstream: GetMatchingTolerations, getMinTolerationTime (v1.36)
 */
export function tolerationTime(
  taints: readonly corev1.Taint[],
  tolerations: readonly corev1.Toleration[],
): number | undefined {
  const used: corev1.Toleration[] = [];
  for (const taint of taints) {
    const match = tolerations.find((toleration) => toleratesTaint(toleration, taint));
    if (!match) return 0;
    used.push(match);
  }
  const seconds = used.flatMap((toleration) => toleration.tolerationSeconds ?? []);
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds)) * 1000;
}

function start(run: ControllerRun): void {
  const nodeInformer = run.informer(nodes);
  const podInformer = run.informer(pods, podNodeNameIndex);
  const recorder = run.recorder('taint-eviction-controller');
  const queue = run.queue();
  const evictions = new Map<string, Eviction>();

  const emit = (key: string, verb: string) => {
    const { namespace, name } = splitMetaNamespaceKey(key);
    const about = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    recorder.event(about, 'Normal', 'TaintManagerEviction', `${verb} Pod ${key}`);
  };
  const cancel = (key: string, announce: boolean) => {
    const eviction = evictions.get(key);
    if (!eviction) return;
    evictions.delete(key);
    eviction.cancel();
    if (announce) emit(key, 'Cancelling deletion of');
  };
  const schedule = (key: string, createdMs: number, fireMs: number) => {
    if (evictions.has(key)) return;
    const timer = run.sim.setTimer(Math.max(0, fireMs - run.now()), () => queue.add(`evict ${key}`));
    evictions.set(key, { createdMs, fireMs, cancel: timer });
  };
  const processPod = (pod: corev1.Pod) => {
    const key = metaNamespaceKey(pod);
    const taints = noExecute(nodeInformer.store.get(pod.spec?.nodeName ?? ''));
    if (taints.length === 0) return cancel(key, true);
    const now = run.now();
    const time = tolerationTime(taints, pod.spec?.tolerations ?? []);
    if (time === 0) {
      cancel(key, true);
      return schedule(key, now, now);
    }
    // Tolerated for ever: what was scheduled for another taint goes.
    if (time === undefined) return cancel(key, true);
    const known = evictions.get(key);
    const startMs = known?.createdMs ?? now;
    if (known && startMs + time < now + time && known.fireMs === startMs + time) return;
    cancel(key, false);
    schedule(key, startMs, startMs + time);
  };

  run.watch(podInformer, {
    add: (pod) => {
      if (pod.spec?.nodeName) queue.add(`pod ${metaNamespaceKey(pod)}`);
    },
    update: (old, pod) => {
      const same = old.spec?.nodeName === pod.spec?.nodeName && deepEqual(old.spec?.tolerations, pod.spec?.tolerations);
      if (!same && pod.spec?.nodeName) queue.add(`pod ${metaNamespaceKey(pod)}`);
    },
    delete: (pod) => cancel(metaNamespaceKey(pod), evictions.has(metaNamespaceKey(pod))),
  });
  run.watch(nodeInformer, {
    add: (node) => {
      if (noExecute(node).length > 0) queue.add(`node ${node.metadata.name}`);
    },
    update: (old, node) => {
      if (!deepEqual(noExecute(old), noExecute(node))) queue.add(`node ${node.metadata.name}`);
    },
  });
  run.onStop(() => {
    for (const { cancel: stop } of evictions.values()) stop();
  });
  run.work({
    queue,
    informers: [nodeInformer, podInformer],
    *reconcile(item) {
      const [kind = '', key = ''] = item.split(' ');
      if (kind === 'node') for (const pod of podInformer.store.byIndex('nodeName', key)) processPod(pod);
      const pod = kind === 'node' ? undefined : podInformer.store.get(key);
      if (kind === 'pod' && pod) processPod(pod);
      if (kind !== 'evict' || !evictions.delete(key)) return;
      emit(key, 'Marking for deletion');
      yield* evict(run, key);
    },
  });
}

/** Upstream: addConditionAndDeletePod (v1.36) */
function* evict(run: ControllerRun, key: string): Process<void> {
  const { namespace, name } = splitMetaNamespaceKey(key);
  const resource = run.client.resource(pods, namespace);
  try {
    const pod = yield* resource.get(name);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True' as const,
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    };
    const conditions = withPodCondition(pod, condition, formatTime(run.now()));
    if (conditions) {
      const { uid } = pod.metadata;
      yield* resource.patch(
        name,
        'strategic',
        { metadata: { uid }, status: { conditions } },
        { subresource: 'status' },
      );
    }
    yield* resource.delete(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
