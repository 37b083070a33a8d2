/** What a plugin says of a pod, of a pod on a node, or of a step. Success is `undefined`. */
export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

/**
 * A verdict other than success, with its reasons. Immutable: plugins keep those they give often.
 *
 * Upstream: k8s.io/kube-scheduler/framework/interface.go Status (v1.36)
 */
export class Status {
  readonly code: Code;
  readonly reasons: readonly string[];
  /** The plugin that gave it; empty when it was the framework itself. */
  readonly plugin: string;
  /** What was thrown, for the code Error. */
  readonly error: unknown;

  constructor(code: Code, reasons: string | readonly string[] = [], plugin = '', error?: unknown) {
    this.code = code;
    this.reasons = typeof reasons === 'string' ? [reasons] : reasons;
    this.plugin = plugin;
    this.error = error;
  }

  get message(): string {
    return this.reasons.join(', ');
  }
  /** Whether it says that the pod does not fit, rather than that something went wrong. */
  get isRejected(): boolean {
    return this.code === 'Unschedulable' || this.code === 'UnschedulableAndUnresolvable' || this.code === 'Pending';
  }
  withPlugin(plugin: string): Status {
    return this.plugin === plugin ? this : new Status(this.code, this.reasons, plugin, this.error);
  }
}

/** Nothing, when all is well. */
export type Verdict = Status | undefined;

/** Something went wrong: the pod is tried again after a back-off. Upstream: AsStatus */
export function errorStatus(error: unknown, plugin = ''): Status {
  return new Status('Error', error instanceof Error ? error.message : String(error), plugin, error);
}
