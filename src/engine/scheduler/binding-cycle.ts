import type { Process } from '../../process/process.ts';
import type { SchedulerCache } from './cache.ts';
import { assignedPodDelete } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { FailureHandler } from './failure-handler.ts';
import type { Handle } from './framework.ts';
import type { Framework } from './framework-runtime.ts';
import type { PodInfo } from './pod-info.ts';
import { podReference, updatePod } from './pod-status-patch.ts';
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
    if (busy.length > 0) {
      // Binding takes a while: others (a cluster autoscaler, say) can see where the pod is going.
      try {
        yield* updatePod(handle.client, assumed.pod, handle.sim.now(), undefined, nodeName);
      } catch (error) {
        handle.report(error, `nominating a node for pod ${assumed.key}`);
      }
    }
    this.#options.queue.done(assumed.uid);
    const status = yield* framework.runPreBindPlugins(busy, state, assumed, nodeName);
    return status ?? (yield* framework.runBindPlugins(state, assumed, nodeName));
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
    yield* failures.handle(handle, info, { status, nominatedNodeName: '' });
    if (status.isRejected) moveOthers();
  }
}
