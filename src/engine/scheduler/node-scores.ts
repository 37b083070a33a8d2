import type { CycleState } from './cycle-state.ts';
import type { NodeSelection } from './node-selection.ts';
import type { WeighedScore } from './node-verdicts.ts';
import type { PodInfo } from './pod-info.ts';

/** One plugin's scores of all nodes that were scored, in the order of the nodes. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: Float64Array;
  readonly normalized: Float64Array;
}

/** Scores of several plugins, node by node, before they are normalised. */
export interface KeptScores {
  readonly scorers: readonly WeighedScore[];
  readonly scores: Uint8Array | Int32Array;
}

/** The scores of one cycle: the sums at once, each plugin's part when somebody asks for it. */
export class NodeScores {
  /** In the order of the nodes; extenders add to them. */
  readonly totals: Float64Array;
  readonly #state: CycleState;
  readonly #pod: PodInfo;
  readonly #nodes: NodeSelection;
  readonly #kept: KeptScores;
  readonly #parts: (PluginScores | number)[] = [];
  #size: number;

  /** `totals`: what the sums begin with. */
  constructor(
    state: CycleState,
    pod: PodInfo,
    nodes: NodeSelection,
    totals: Float64Array,
    kept: KeptScores = { scorers: [], scores: new Uint8Array(0) },
  ) {
    this.#state = state;
    this.#pod = pod;
    this.#nodes = nodes;
    this.#kept = kept;
    this.totals = totals;
    this.#size = totals.length + kept.scores.length;
  }

  /** How many numbers it holds on to. */
  get size(): number {
    return this.#size;
  }
  /** Adds what a plugin says of this cycle's nodes. */
  add(scores: PluginScores): void {
    const { weight, normalized } = scores;
    for (let i = 0; i < normalized.length; i++) this.#addTo(i, weight * (normalized[i] as number));
    this.#parts.push(scores);
    this.#size += 2 * normalized.length;
  }
  /** Adds scores that are kept, by the place of their plugin among the kept; `normalized` is read and not kept; undefined: they are in the totals. */
  addKept(scorer: number, normalized: Float64Array | undefined): void {
    const weight = this.#kept.scorers[scorer]?.weight ?? 0;
    if (normalized) for (let i = 0; i < this.totals.length; i++) this.#addTo(i, weight * (normalized[i] as number));
    this.#parts.push(scorer);
  }
  /** As `addKept`, where all nodes have the same. */
  addEqual(scorer: number, normalized: number): void {
    const sum = (this.#kept.scorers[scorer]?.weight ?? 0) * normalized;
    if (sum !== 0) for (let i = 0; i < this.totals.length; i++) this.#addTo(i, sum);
    this.#parts.push(scorer);
  }
  #addTo(at: number, sum: number): void {
    this.totals[at] = (this.totals[at] as number) + sum;
  }
  /** A copy of one plugin's kept scores. */
  rawOf(scorer: number): Float64Array {
    const { scorers, scores } = this.#kept;
    const raw = new Float64Array(this.totals.length);
    for (let i = 0; i < raw.length; i++) raw[i] = scores[i * scorers.length + scorer] ?? 0;
    return raw;
  }
  /** Each plugin's part, in order. */
  get plugins(): readonly PluginScores[] {
    return this.#parts.map((part) => (typeof part === 'number' ? this.#found(part) : part));
  }
  #found(scorer: number): PluginScores {
    const { plugin, weight } = this.#kept.scorers[scorer] as WeighedScore;
    const raw = this.rawOf(scorer);
    const normalized = raw.slice();
    plugin.normalizeScore?.(this.#state, this.#pod, normalized, this.#nodes.list());
    return { plugin: plugin.name, weight, raw, normalized };
  }
}
