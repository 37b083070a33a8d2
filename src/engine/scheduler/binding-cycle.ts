import { podReference } from '../../client/event-recorder.ts';
import type { Process } from '../../process/process.ts';
import type { SchedulerCache } from './cache.ts';
import { assignedPodDelete } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import { rejectedOn } from './fit-error.ts';
import type { FailureHandler } from './failure-handler.ts';
import type { Handle } from './framework.ts';
import type { Framework } from './framework-runtime.ts';
import type { PodInfo } from './pod-info.ts';
import { updatePod } from './pod-status-patch.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';
import { errorStatus, Status, type Verdict } from './status.ts';

export interface BindingCycleOptions {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly failures: FailureHandler;
}

/**
 * Binds an assumed pod, beside the next scheduling cycle.
 *
 * Upstream: pkg/scheduler/schedule_one.go bindingCycle, handleBindingCycleError (v1.36)
 */
export class BindingCycle {
  readonly #options: BindingCycleOptions;
  constructor(options: BindingCycleOptions) {
    this.#options = options;
  }

  *run(
    profile: { readonly framework: Framework; readonly handle: Handle },
    state: CycleState,
    info: QueuedPodInfo,
    assumed: PodInfo,
    nodeName: string,
  ): Process<void> {
    const { framework, handle } = profile;
    let status: Verdict;
    try {
      status = yield* this.#bind(framework, handle, state, assumed, nodeName);
    } catch (error) {
      status = errorStatus(error);
    }
    if (status) {
      yield* this.#handleError(framework, handle, state, info, assumed, nodeName, status);
      return;
    }
    const text = `Successfully assigned ${assumed.key} to ${nodeName}`;
    handle.recorder.event(podReference(assumed.pod), 'Normal', 'Scheduled', text, { action: 'Binding' });
    framework.runPostBindPlugins(state, assumed, nodeName);
  }

  *#bind(
    framework: Framework,
    handle: Handle,
    state: CycleState,
    assumed: PodInfo,
    nodeName: string,
  ): Process<Verdict> {
    const busy = framework.runPreBindPreFlights(state, assumed, nodeName);
    if (busy instanceof Status) return busy;
    if (busy.length > 0 || framework.willWaitOnPermit(assumed.uid)) {
      // Binding takes a while: others (a cluster autoscaler, say) can see where the pod is going.
      try {
        yield* updatePod(handle.client, assumed.pod, handle.sim.now(), undefined, nodeName);
      } catch (error) {
        handle.report(error, `nominating a node for pod ${assumed.key}`);
      }
    }
    const held = yield* framework.waitOnPermit(assumed.uid);
    if (held) return held;
    this.#options.queue.done(assumed.uid);
    const status = yield* framework.runPreBindPlugins(busy, state, assumed, nodeName);
    if (status) return status;
    const bound = yield* this.#extendersBinding(handle, assumed, nodeName);
    return bound ? bound.status : yield* framework.runBindPlugins(state, assumed, nodeName);
  }
  /** The first extender that binds does so in place of the plugins. */
  *#extendersBinding(
    { extenders }: Handle,
    { pod }: PodInfo,
    nodeName: string,
  ): Process<{ readonly status: Verdict } | undefined> {
    for (const extender of extenders) {
      if (!extender.isBinder || !extender.isInterested(pod)) continue;
      try {
        yield* extender.bind(pod, nodeName);
        return { status: undefined };
      } catch (error) {
        if (!extender.isIgnorable) return { status: errorStatus(error) };
      }
    }
    return undefined;
  }

  *#handleError(
    framework: Framework,
    handle: Handle,
    state: CycleState,
    info: QueuedPodInfo,
    assumed: PodInfo,
    nodeName: string,
    status: Status,
  ): Process<void> {
    const { cache, queue, failures } = this.#options;
    framework.runUnreservePlugins(state, assumed, nodeName);
    cache.forgetPod(assumed.uid);
    const moveOthers = () =>
      queue.moveAllToActiveOrBackoffQueue(assignedPodDelete, assumed.pod, undefined, (pod) => {
        return !status.isRejected || pod.metadata.uid !== assumed.uid;
      });
    if (!status.isRejected) moveOthers();
    const why = status.isRejected ? { fit: rejectedOn(nodeName, status) } : { status };
    yield* failures.handle(handle, info, { ...why, nominatedNodeName: '' });
    if (status.isRejected) moveOthers();
  }
}
