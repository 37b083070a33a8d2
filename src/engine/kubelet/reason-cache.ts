import type { StartError } from './kuberuntime/start-error.ts';
import type { StartFailure } from './status/container-statuses.ts';

/** Why containers could not be started when that was tried last. Upstream: pkg/kubelet/reason_cache.go (v1.36) */
export class ReasonCache {
  readonly #reasons = new Map<string, Map<string, StartFailure>>();

  /** Takes the outcome of starts; a success forgets the failure before. */
  update(podUid: string, starts: ReadonlyMap<string, StartError | undefined>): void {
    const reasons = this.#reasons.get(podUid) ?? new Map<string, StartFailure>();
    for (const [name, error] of starts) {
      if (error) reasons.set(name, { reason: error.reason, message: error.message });
      else reasons.delete(name);
    }
    if (reasons.size > 0) this.#reasons.set(podUid, reasons);
    else this.#reasons.delete(podUid);
  }

  get(podUid: string, containerName: string): StartFailure | undefined {
    return this.#reasons.get(podUid)?.get(containerName);
  }

  forget(podUid: string): void {
    this.#reasons.delete(podUid);
  }
}
