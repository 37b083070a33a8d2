import { podReference } from '../../../client/event-recorder.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { pods } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { Handle } from '../framework.ts';
import { clearNominatedNodeName, patchPodCondition } from '../pod-status-patch.ts';
import { podPriority } from '../pod-info.ts';
import type { Candidate } from './pod-importance.ts';

/**
 * Drives victims out, beside the scheduling cycle; until that is done the preemptor is not tried again.
 *
 * Upstream: pkg/scheduler/framework/preemption/executor.go (v1.36)
 */
export class PreemptionExecutor {
  readonly #handle: Handle;
  readonly #preempting = new Set<string>();
  readonly #lastVictims = new Map<string, string>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Whether the pod's preemption is still going on. `getPod` gives a pod's newest version by key. */
  isPodRunningPreemption(uid: string, getPod: (key: string) => corev1.Pod | undefined): boolean {
    if (!this.#preempting.has(uid)) return false;
    const last = this.#lastVictims.get(uid);
    if (last === undefined) return true;
    const victim = getPod(last);
    return victim !== undefined && victim.metadata.deletionTimestamp === undefined;
  }
  /** Upstream: prepareCandidateAsync */
  prepareCandidate(candidate: Candidate, preemptor: corev1.Pod): void {
    const victims = candidate.victims.pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    if (victims.length === 0) return;
    this.#preempting.add(preemptor.metadata.uid ?? '');
    this.#handle.sim.spawn(this.#run(candidate.nodeName, victims, preemptor), 'preemption');
  }

  *#run(nodeName: string, victims: readonly corev1.Pod[], preemptor: corev1.Pod): Process<void> {
    const uid = preemptor.metadata.uid ?? '';
    const last = victims.at(-1)?.metadata;
    try {
      yield* this.#clearLowerNominations(nodeName, preemptor);
      for (const victim of victims) {
        if (victim.metadata === last) this.#lastVictims.set(uid, `${last.namespace ?? ''}/${last.name ?? ''}`);
        yield* this.#preemptPod(victim, preemptor, nodeName);
      }
    } catch (error) {
      this.#handle.report(error, 'preemption');
      this.#finish(uid);
      this.#handle.activate([preemptor]);
    } finally {
      this.#finish(uid);
    }
  }
  #finish(uid: string): void {
    this.#preempting.delete(uid);
    this.#lastVictims.delete(uid);
  }
  *#clearLowerNominations(nodeName: string, preemptor: corev1.Pod): Process<void> {
    for (const { pod, priority } of this.#handle.nominatedPodsForNode(nodeName)) {
      if (priority < podPriority(preemptor)) yield* clearNominatedNodeName(this.#handle.client, pod);
    }
  }
  *#preemptPod(victim: corev1.Pod, preemptor: corev1.Pod, nodeName: string): Process<void> {
    const { client, sim, recorder, profileName } = this.#handle;
    const { name = '', namespace } = victim.metadata;
    try {
      yield* patchPodCondition(client, victim, sim.now(), {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${profileName}: preempting to accommodate a higher priority pod`,
      });
      yield* client.resource(pods, namespace).delete(name);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    const message = `Preempted by pod ${preemptor.metadata.uid ?? ''} on node ${nodeName}`;
    recorder.event(podReference(victim), 'Normal', 'Preempted', message, { action: 'Preempting' });
  }
}
