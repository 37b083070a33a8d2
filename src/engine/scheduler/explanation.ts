import type {
  AttemptExplanation,
  FilterVerdict,
  NodeExplanation,
  PreemptionExplanation,
} from '../../protocol/scheduling.ts';
import type { Victims } from './framework.ts';
import type { NodeScores, PluginScores } from './node-scores.ts';
import type { NodeSelection } from './node-selection.ts';
import { podPriority } from './pod-info.ts';
import { type Candidate, decidingCriterion } from './preemption/pod-importance.ts';
import type { Status } from './status.ts';

/** What an attempt leaves behind: shared with the attempt itself, made readable only when somebody asks. */
export interface AttemptRecord {
  readonly key: string;
  readonly atMs: number;
  readonly attempt: number;
  readonly profile: string;
  readonly outcome: AttemptExplanation['outcome'];
  readonly nodeName: string;
  readonly message: string;
  /** The verdict that ended the attempt before any node was looked at. */
  readonly preFilter: Status | undefined;
  /** All Filter plugins in order, and those that had nothing to say. */
  readonly filters: readonly string[];
  readonly skipped: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, Status>;
  readonly feasible: NodeSelection;
  readonly scores: NodeScores | undefined;
  readonly numAllNodes: number;
  /** What PostFilter came to, when it was asked. */
  readonly preemption: { readonly candidates: readonly Candidate[]; readonly message: string } | undefined;
}

const attemptsPerPod = 5;
/** Nodes and scores kept over all pods; the oldest attempts go first. */
const budget = 500_000;

const sizeOf = ({ refused, feasible, scores, preemption }: AttemptRecord): number =>
  1 + refused.size + feasible.length + (scores?.size ?? 0) + (preemption?.candidates.length ?? 0);

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
  const refused = [...record.refused].map(([node, status]) => refusedNode(record, node, status));
  const scores = record.scores?.plugins ?? [];
  const feasible = record.feasible.list().map(({ name }, at) => feasibleNode(record, scores, name, at));
  feasible.sort(
    (a, b) =>
      (b.total ?? 0) - (a.total ?? 0) || Number(b.node === record.nodeName) - Number(a.node === record.nodeName),
  );
  const { preFilter } = record;
  return {
    pod: record.key,
    atMs: record.atMs,
    attempt: record.attempt,
    profile: record.profile,
    outcome: record.outcome,
    ...(record.nodeName ? { nodeName: record.nodeName } : {}),
    message: record.message,
    ...(preFilter ? { preFilter: { plugin: preFilter.plugin, reasons: preFilter.reasons } } : {}),
    filters: record.filters,
    nodes: [...feasible, ...refused],
    notExamined: record.numAllNodes - feasible.length - refused.length,
    ...(record.preemption ? { preemption: preemptionOf(record, record.preemption) } : {}),
  };
}

function verdictsOf({ filters, skipped }: AttemptRecord, refusedBy: string | undefined): FilterVerdict[] {
  let reached = true;
  return filters.map((filter) => {
    if (skipped.has(filter)) return 'skipped';
    if (!reached) return 'not reached';
    if (filter !== refusedBy) return 'passed';
    reached = false;
    return 'refused';
  });
}

function refusedNode(record: AttemptRecord, node: string, status: Status): NodeExplanation {
  return {
    node,
    verdicts: verdictsOf(record, status.plugin),
    refusedBy: status.plugin,
    reasons: status.reasons,
    resolvable: status.code === 'Unschedulable',
  };
}

function feasibleNode(
  record: AttemptRecord,
  plugins: readonly PluginScores[],
  node: string,
  at: number,
): NodeExplanation {
  const verdicts = verdictsOf(record, undefined);
  const { scores } = record;
  if (!scores) return { node, verdicts };
  return {
    node,
    verdicts,
    total: scores.totals[at] ?? 0,
    scores: plugins.map(({ plugin, weight, raw, normalized }) => ({
      plugin,
      weight,
      raw: raw[at] ?? 0,
      normalized: normalized[at] ?? 0,
      weighted: weight * (normalized[at] ?? 0),
    })),
  };
}

function preemptionOf(
  { nodeName, atMs }: AttemptRecord,
  { candidates, message }: NonNullable<AttemptRecord['preemption']>,
): PreemptionExplanation {
  const shown = candidates.map(({ nodeName: node, victims }) => ({
    node,
    victims: victimsOf(victims),
    numPdbViolations: victims.numPdbViolations,
  }));
  return nodeName && candidates.length > 0
    ? { node: nodeName, candidates: shown, why: decidingCriterion(candidates, atMs) }
    : { candidates: shown, why: message };
}

const victimsOf = ({ pods }: Victims) =>
  pods.map((pod) => ({
    pod: `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`,
    priority: podPriority(pod),
  }));
