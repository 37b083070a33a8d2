import type * as corev1 from '../../../api/core/v1.ts';
import { type Process, suspend } from '../../../process/process.ts';
import type { Sim } from '../../sim/sim.ts';
import { isRestartableInitContainer } from '../restart-policy.ts';

/**
 * The order in which a pod's containers are stopped: regular ones together, then sidecars from the last to the first.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go (v1.36)
 */
export class TerminationOrdering {
  readonly #sim: Sim;
  readonly #prerequisites = new Map<string, readonly string[]>();
  readonly #terminated = new Set<string>();
  readonly #waiting = new Set<() => void>();

  constructor(sim: Sim, pod: corev1.Pod, runningNames: readonly string[]) {
    this.#sim = sim;
    const main = (pod.spec?.containers ?? []).map(({ name }) => name);
    const init = [...(pod.spec?.initContainers ?? [])].reverse();
    let later: string | undefined;
    for (const container of init.filter(isRestartableInitContainer)) {
      this.#prerequisites.set(container.name, later === undefined ? main : [...main, later]);
      later = container.name;
    }
    const running = new Set(runningNames);
    for (const name of [...main, ...init.map((container) => container.name)]) {
      if (!running.has(name)) this.#terminated.add(name);
    }
  }

  /** Waits until all that must end first have ended, for at most the grace period. Gives the seconds that took. */
  *waitForTurn(name: string, graceSeconds: number): Process<number> {
    const startedAt = this.#sim.now();
    const deadlineMs = startedAt + graceSeconds * 1000;
    const isDue = () => (this.#prerequisites.get(name) ?? []).every((other) => this.#terminated.has(other));
    while (!isDue() && this.#sim.now() < deadlineMs) yield* this.#waitForChange(deadlineMs - this.#sim.now());
    return (this.#sim.now() - startedAt) / 1000;
  }

  containerTerminated(name: string): void {
    this.#terminated.add(name);
    for (const wake of [...this.#waiting]) wake();
  }

  *#waitForChange(limitMs: number): Process<void> {
    yield* suspend<void>((resume) => {
      const done = () => {
        cancel();
        this.#waiting.delete(done);
        resume();
      };
      const cancel = this.#sim.setTimer(limitMs, done);
      this.#waiting.add(done);
      return () => {
        cancel();
        this.#waiting.delete(done);
      };
    });
  }
}
