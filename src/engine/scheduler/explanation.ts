import type { NodeScores } from './framework-runtime.ts';
import type { Victims } from './framework.ts';
import type { Status } from './status.ts';

/** A score of one plugin for one node: as given, brought into [0, 100], and with its weight. */
export interface ScoreExplanation {
  readonly plugin: string;
  readonly raw: number;
  readonly normalized: number;
  readonly weight: number;
  readonly weighted: number;
}

export interface NodeExplanation {
  readonly node: string;
  /** The plugin that refused it and why; absent when it fits. */
  readonly refusedBy?: string;
  readonly reasons?: readonly string[];
  /** Whether driving pods out could help. */
  readonly resolvable?: boolean;
  /** Absent when it was the only node that fits: then nothing is scored. */
  readonly scores?: readonly ScoreExplanation[];
  readonly total?: number;
}

/** One attempt to schedule a pod, as far as it went. */
export interface AttemptExplanation {
  readonly pod: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly outcome: 'scheduled' | 'unschedulable' | 'error';
  /** Where it goes, or where preemption makes room. */
  readonly nodeName?: string;
  readonly message: string;
  readonly nodes: readonly NodeExplanation[];
  /** Nodes that were not looked at because enough others fit. */
  readonly notExamined: number;
  readonly victims?: { readonly pods: readonly string[]; readonly numPdbViolations: number };
}

/** What an attempt leaves behind: shared with the attempt itself, made readable only when somebody asks. */
export interface AttemptRecord {
  readonly key: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly outcome: AttemptExplanation['outcome'];
  readonly nodeName: string;
  readonly message: string;
  readonly refused: ReadonlyMap<string, Status>;
  readonly feasible: readonly string[];
  readonly scores: NodeScores | undefined;
  readonly numAllNodes: number;
  readonly victims: Victims | undefined;
}

const attemptsPerPod = 3;
/** Nodes and scores kept over all pods; the oldest attempts go first. */
const budget = 500_000;

const sizeOf = ({ refused, feasible, scores }: AttemptRecord): number =>
  1 + refused.size + feasible.length * (1 + 2 * (scores?.plugins.length ?? 0));

/** Keeps the last attempts of each pod, within a budget. */
export class Explanations {
  readonly #records = new Map<string, AttemptRecord[]>();
  #size = 0;

  add(record: AttemptRecord): void {
    const records = this.#records.get(record.key) ?? [];
    // Last in the map is newest.
    this.#records.delete(record.key);
    this.#records.set(record.key, records);
    records.push(record);
    this.#size += sizeOf(record);
    if (records.length > attemptsPerPod) this.#drop(records);
    while (this.#size > budget) this.#dropOldest();
  }
  /** The last attempts for `namespace/name`, newest first; empty when nothing is known (any more). */
  explain(key: string): AttemptExplanation[] {
    return (this.#records.get(key) ?? []).map(explanationOf).reverse();
  }
  delete(key: string): void {
    for (const record of this.#records.get(key) ?? []) this.#size -= sizeOf(record);
    this.#records.delete(key);
  }

  #drop(records: AttemptRecord[]): void {
    const record = records.shift();
    if (record) this.#size -= sizeOf(record);
  }
  #dropOldest(): void {
    const [oldest] = this.#records;
    if (!oldest) {
      this.#size = 0;
      return;
    }
    const [key, records] = oldest;
    this.#drop(records);
    if (records.length === 0) this.#records.delete(key);
  }
}

function explanationOf(record: AttemptRecord): AttemptExplanation {
  const refused: NodeExplanation[] = [...record.refused].map(([node, status]) => ({
    node,
    refusedBy: status.plugin,
    reasons: status.reasons,
    resolvable: status.code === 'Unschedulable',
  }));
  const feasible = record.feasible.map((node, at) => feasibleNode(record.scores, node, at));
  feasible.sort((a, b) => (b.total ?? 0) - (a.total ?? 0));
  const { victims } = record;
  return {
    pod: record.key,
    atMs: record.atMs,
    attempt: record.attempt,
    outcome: record.outcome,
    ...(record.nodeName ? { nodeName: record.nodeName } : {}),
    message: record.message,
    nodes: [...feasible, ...refused],
    notExamined: record.numAllNodes - feasible.length - refused.length,
    ...(victims
      ? {
          victims: {
            pods: victims.pods.map((pod) => `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`),
            numPdbViolations: victims.numPdbViolations,
          },
        }
      : {}),
  };
}

function feasibleNode(scores: NodeScores | undefined, node: string, at: number): NodeExplanation {
  if (!scores) return { node };
  return {
    node,
    total: scores.totals[at] ?? 0,
    scores: scores.plugins.map(({ plugin, weight, raw, normalized }) => ({
      plugin,
      weight,
      raw: raw[at] ?? 0,
      normalized: normalized[at] ?? 0,
      weighted: weight * (normalized[at] ?? 0),
    })),
  };
}
