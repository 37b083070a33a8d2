export type ProbeResult = 'success' | 'failure' | 'unknown';

/** The last result of one kind of probe for each container, by the runtime's id. */
export class ProbeResults {
  readonly #results = new Map<string, ProbeResult>();
  readonly #changed: (podUid: string, containerId: string, result: ProbeResult) => void;

  constructor(changed: (podUid: string, containerId: string, result: ProbeResult) => void) {
    this.#changed = changed;
  }

  get(containerId: string): ProbeResult | undefined {
    return this.#results.get(containerId);
  }

  /** Tells whoever listens when it is another result than before. */
  set(containerId: string, result: ProbeResult, podUid: string): void {
    if (this.#results.get(containerId) === result) return;
    this.#results.set(containerId, result);
    this.#changed(podUid, containerId, result);
  }

  delete(containerId: string): void {
    this.#results.delete(containerId);
  }
}
