import { podReference } from '../../client/event-recorder.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { FitError } from './fit-error.ts';
import type { Handle } from './framework.ts';
import type { Nominator } from './nominator.ts';
import { updatePod } from './pod-status-patch.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';
import type { Status } from './status.ts';

/** Why a pod got no node. `nominatedNodeName`: undefined leaves it, empty clears it. */
export type SchedulingFailure =
  | { readonly fit: FitError; readonly nominatedNodeName: string | undefined }
  | { readonly status: Status; readonly nominatedNodeName: string | undefined };

export interface FailureHandlerOptions {
  readonly queue: SchedulingQueue;
  readonly nominator: Nominator;
  getPod(key: string): corev1.Pod | undefined;
}

/** Upstream: pkg/apis/core/validation/events.go NoteLengthLimit */
const noteLengthLimit = 1024;

const truncateMessage = (message: string): string =>
  message.length <= noteLengthLimit ? message : `${message.slice(0, noteLengthLimit - 4)} ...`;

/**
 * Puts a pod back that got no node, and says why: an event, the condition, the nominated node.
 *
 * Upstream: pkg/scheduler/schedule_one.go handleSchedulingFailure (v1.36)
 */
export class FailureHandler {
  readonly #options: FailureHandlerOptions;
  constructor(options: FailureHandlerOptions) {
    this.#options = options;
  }

  *handle(handle: Handle, info: QueuedPodInfo, failure: SchedulingFailure): Process<void> {
    const { nominatedNodeName } = failure;
    const { message } = 'fit' in failure ? failure.fit : failure.status;
    const isRejected = 'fit' in failure || failure.status.isRejected;
    this.#noteRejectors(info, failure);
    if (!this.#requeue(info)) return;
    this.#options.nominator.add(info.pod, nominatedNodeName);
    const { pod } = info;
    handle.recorder.event(podReference(pod), 'Warning', 'FailedScheduling', truncateMessage(message), {
      action: 'Scheduling',
    });
    try {
      const reason = isRejected ? 'Unschedulable' : 'SchedulerError';
      const condition = { type: 'PodScheduled', status: 'False', reason, message } as const;
      yield* updatePod(handle.client, pod, handle.sim.now(), condition, nominatedNodeName);
    } catch (error) {
      handle.report(error, `updating pod ${info.key}`);
    }
  }

  #noteRejectors(info: QueuedPodInfo, failure: SchedulingFailure): void {
    info.clearRejectorPlugins();
    if ('fit' in failure) {
      for (const plugin of failure.fit.diagnosis.unschedulablePlugins) info.unschedulablePlugins.add(plugin);
      for (const plugin of failure.fit.diagnosis.pendingPlugins) info.pendingPlugins.add(plugin);
    } else if (failure.status.isRejected && failure.status.plugin) info.unschedulablePlugins.add(failure.status.plugin);
  }
  /** Gives false when the pod is another one by now, and nothing is to be said of it. */
  #requeue(info: QueuedPodInfo): boolean {
    const { uid } = info.info;
    const newest = this.#options.getPod(info.key);
    if (!newest || newest.spec?.nodeName) this.#options.queue.done(uid);
    else if (newest.metadata.uid !== uid) {
      this.#options.queue.done(uid);
      return false;
    } else {
      info.update(newest);
      this.#options.queue.addUnschedulableIfNotPresent(info);
    }
    return true;
  }
}
