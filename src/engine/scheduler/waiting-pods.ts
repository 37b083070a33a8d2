import type * as corev1 from '../../api/core/v1.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { type Process, suspend } from '../../process/process.ts';
import { Status, type Verdict } from './status.ts';

/** How long a Permit plugin may keep a pod waiting at most. Upstream: framework/runtime/framework.go maxTimeout */
export const maxPermitTimeoutMs = 15 * 60_000;

/**
 * A pod that has its place and waits until plugins let it be bound.
 *
 * Upstream: pkg/scheduler/framework/runtime/waiting_pods_map.go waitingPod (v1.36)
 */
export class WaitingPod {
  readonly pod: corev1.Pod;
  readonly #timers = new Map<string, () => void>();
  #verdict: { readonly status: Verdict } | undefined;
  #resume: ((status: Verdict) => void) | undefined;

  /** `timeouts`: by plugin, in ms. */
  constructor(
    pod: corev1.Pod,
    timeouts: ReadonlyMap<string, number>,
    setTimer: (ms: number, callback: () => void) => () => void,
  ) {
    this.pod = pod;
    for (const [plugin, ms] of timeouts) {
      const text = `rejected due to timeout after waiting ${formatDuration(ms)} at plugin ${plugin}`;
      this.#timers.set(
        plugin,
        setTimer(ms, () => this.reject(plugin, text)),
      );
    }
  }

  get pendingPlugins(): readonly string[] {
    return [...this.#timers.keys()];
  }
  /** A plugin agrees; when all have, the pod is bound. */
  allow(plugin: string): void {
    this.#timers.get(plugin)?.();
    this.#timers.delete(plugin);
    if (this.#timers.size === 0) this.#end(undefined);
  }
  /** One refusal is enough. */
  reject(plugin: string, message: string): void {
    this.#end(new Status('Unschedulable', message, plugin));
  }
  /** Waits for the verdict. */
  *wait(): Process<Verdict> {
    if (this.#verdict) return this.#verdict.status;
    return yield* suspend<Verdict>((resume) => {
      this.#resume = resume;
    });
  }
  #end(status: Verdict): void {
    if (this.#verdict) return;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#verdict = { status };
    this.#resume?.(status);
  }
}

/** The pods that wait, by uid. Shared by all profiles. */
export class WaitingPods {
  readonly #pods = new Map<string, WaitingPod>();

  get size(): number {
    return this.#pods.size;
  }
  add(uid: string, waiting: WaitingPod): void {
    this.#pods.set(uid, waiting);
  }
  get(uid: string): WaitingPod | undefined {
    return this.#pods.get(uid);
  }
  remove(uid: string): void {
    this.#pods.delete(uid);
  }
  list(): readonly WaitingPod[] {
    return [...this.#pods.values()];
  }
  rejectAll(message: string): void {
    for (const waiting of this.#pods.values()) waiting.reject('', message);
  }
}
