/** Why a pod went where it went, or goes nowhere: what the scheduler kept of its last attempts. Types only. */

/** A score of one plugin for one node: as given, brought into [0, 100], and with its weight. */
export interface ScoreExplanation {
  readonly plugin: string;
  readonly raw: number;
  readonly normalized: number;
  readonly weight: number;
  readonly weighted: number;
}

/**
 * What one Filter plugin said of one node: `passed`; `refused`; `skipped`, when it had nothing to say of this pod; `not reached`, when
 * another had refused the node before.
 */
export type FilterVerdict = 'passed' | 'refused' | 'skipped' | 'not reached';

export interface NodeExplanation {
  readonly node: string;
  /** In the order of the attempt's `filters`. */
  readonly verdicts: readonly FilterVerdict[];
  /** The plugin that refused it and why; absent when it fits. */
  readonly refusedBy?: string;
  readonly reasons?: readonly string[];
  /** Whether driving pods out could help. */
  readonly resolvable?: boolean;
  /** Absent when it was the only node that fits: then nothing is scored. */
  readonly scores?: readonly ScoreExplanation[];
  readonly total?: number;
}

/** A node that preemption could make room on. */
export interface PreemptionCandidate {
  readonly node: string;
  /** Who would have to go, the most important first. */
  readonly victims: readonly { readonly pod: string; readonly priority: number }[];
  readonly numPdbViolations: number;
}

export interface PreemptionExplanation {
  /** Absent when no node was chosen. */
  readonly node?: string;
  readonly candidates: readonly PreemptionCandidate[];
  /** Why that candidate of several, or why none. */
  readonly why: string;
}

/** One attempt to schedule a pod, as far as it went. */
export interface AttemptExplanation {
  readonly pod: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly profile: string;
  readonly outcome: 'scheduled' | 'unschedulable' | 'error';
  /** Where it goes, or where preemption makes room. */
  readonly nodeName?: string;
  /** As the event and the condition have it; empty when it was scheduled. */
  readonly message: string;
  /** The plugin that refused the pod before any node was looked at. */
  readonly preFilter?: { readonly plugin: string; readonly reasons: readonly string[] };
  /** The Filter plugins, in the order in which they are asked. */
  readonly filters: readonly string[];
  /** Those that fit first, the best first; then those that were refused. */
  readonly nodes: readonly NodeExplanation[];
  /** Nodes that were not looked at: enough others fit, or a plugin had named the only ones. */
  readonly notExamined: number;
  readonly preemption?: PreemptionExplanation;
}

export interface SchedulingExplanation {
  /** `namespace/name`. */
  readonly pod: string;
  /** Where it waits; absent when it does not. `plugins`: those that refused it last. */
  readonly pending?: { readonly queue: string; readonly attempts: number; readonly plugins: readonly string[] };
  /** Newest first; empty when nothing is known (any more). */
  readonly attempts: readonly AttemptExplanation[];
}
