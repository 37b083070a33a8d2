/**
 * Pods of one template are decided on one after the other, and between two of them hardly a node changes. So what a plugin says of a
 * pod on a node is kept as long as the node stays as it is, for plugins that look at nothing but the two (`signPod`).
 *
 * Upstream: pkg/scheduler/framework/runtime/framework.go SignPod (v1.36). Differs: upstream keeps the order of the nodes of one cycle for
 * the next pod; here verdicts are kept, so that each cycle comes to what it would have come to without.
 */
import type { CycleState } from './cycle-state.ts';
import type { Plugin } from './framework.ts';
import type { NodeChanges, Placed } from './node-changes.ts';
import type { NodeInfo } from './node-info.ts';
import type { NumberBlocks } from './number-blocks.ts';
import type { PodInfo } from './pod-info.ts';
import type { Status, Verdict } from './status.ts';

type With<K extends keyof Plugin> = Plugin & Required<Pick<Plugin, K>>;
export type FilterPlugin = With<'filter'>;
export type ScorePlugin = With<'score'>;

/** A Filter plugin and its place among all of them. */
export interface PlacedFilter {
  readonly plugin: FilterPlugin;
  readonly place: number;
}

/** A Score plugin, with its weight. */
export interface WeighedScore {
  readonly plugin: ScorePlugin;
  readonly weight: number;
}

export interface VerdictTableOptions {
  /** The Filter plugins that look at pod and node only and have something to say. */
  readonly kept: readonly PlacedFilter[];
  /** Those that are asked in each cycle. */
  readonly asked: readonly PlacedFilter[];
  /** Whether a Score plugin looks at pod and node only. */
  keepsScore(plugin: ScorePlugin): boolean;
  /** What is said in all when a plugin has refused. */
  refusal(plugin: FilterPlugin, status: Status): Status;
}

/** What is known of a node: a state of its row. */
const unknown = 0;
const fits = 1;
const refused = 2;
const isScored = 3;

/**
 * The verdicts on all nodes for one kind of pod. Columns of numbers, not objects: a cycle reads hundreds of rows, and reading them is
 * nearly all it does.
 */
export class VerdictTable {
  readonly asked: readonly PlacedFilter[];
  readonly #options: VerdictTableOptions;
  #nodes: readonly NodeInfo[] = [];
  #position = -1;
  #rows = new Uint8Array(0);
  #statuses: Verdict[] = [];
  #refusedAt: number[] = [];
  /** Known with the first scores. */
  #scorers: readonly WeighedScore[] | undefined;
  /** Row by row. Bytes, as long as all scores fit in. */
  #scores: Uint8Array | Int32Array = new Uint8Array(0);
  #fixed = new Int32Array(0);
  /** By scorer: how many rows have a score other than 0. */
  #nonZero: number[] = [];

  constructor(options: VerdictTableOptions) {
    this.#options = options;
    this.asked = options.asked;
  }

  keepsScore(plugin: ScorePlugin): boolean {
    return this.#options.keepsScore(plugin);
  }
  /** The plugins whose scores are kept. */
  get scorers(): readonly WeighedScore[] {
    return this.#scorers ?? [];
  }
  /** Makes ready for a cycle over these nodes: forgets what was said of those that have changed. */
  begin(nodes: readonly NodeInfo[], changes: NodeChanges): void {
    if (nodes !== this.#nodes || !changes.since(this.#position, this.#forget)) this.#reset(nodes);
    this.#position = changes.position;
  }
  readonly #forget = ({ place }: Placed): void => {
    if (place < this.#rows.length) this.#rows[place] = unknown;
  };
  #reset(nodes: readonly NodeInfo[]): void {
    this.#nodes = nodes;
    this.#rows = new Uint8Array(nodes.length);
    this.#statuses = Array.from<Verdict>({ length: nodes.length });
    this.#refusedAt = nodes.map(() => 0);
    this.#scorers = undefined;
  }

  /** Whether no plugin whose verdict is kept refuses the node at this place of the list. */
  passes(place: number, state: CycleState, pod: PodInfo): boolean {
    const row = this.#rows[place];
    if (row === refused) return false;
    return row !== unknown || this.#judge(place, state, pod);
  }
  #judge(at: number, state: CycleState, pod: PodInfo): boolean {
    const node = this.#nodes[at] as NodeInfo;
    for (const { plugin, place } of this.#options.kept) {
      const status = plugin.filter(state, pod, node);
      if (!status) continue;
      this.#rows[at] = status.code === 'Error' ? unknown : refused;
      this.#statuses[at] = this.#options.refusal(plugin, status);
      this.#refusedAt[at] = place;
      return false;
    }
    this.#rows[at] = fits;
    return true;
  }
  /** Why the node at this place does not pass. */
  statusOf(place: number): Verdict {
    return this.#statuses[place];
  }
  /** The place, among Filter plugins, of the one that refused the node. */
  refusedAt(place: number): number {
    return this.#refusedAt[place] as number;
  }

  /** Scores those nodes that have changed since they were scored last. `scorers`: those that have something to say of this kind of pod. */
  score(places: Int32Array, state: CycleState, pod: PodInfo, scorers: () => readonly WeighedScore[]): void {
    if (!this.#scorers) this.#resetScores(scorers());
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      if (this.#rows[place] !== isScored) this.#score(place, state, pod);
    }
  }
  #resetScores(scorers: readonly WeighedScore[]): void {
    this.#scorers = scorers;
    this.#scores = new Uint8Array(this.#nodes.length * scorers.length);
    this.#fixed = new Int32Array(this.#nodes.length);
    this.#nonZero = scorers.map(() => 0);
  }
  #score(place: number, state: CycleState, pod: PodInfo): void {
    const scorers = this.#scorers as readonly WeighedScore[];
    const node = this.#nodes[place] as NodeInfo;
    let fixed = 0;
    for (let i = 0; i < scorers.length; i++) {
      const { plugin, weight } = scorers[i] as WeighedScore;
      const score = plugin.score(state, pod, node);
      const at = place * scorers.length + i;
      this.#nonZero[i] = (this.#nonZero[i] as number) + Number(score !== 0) - Number(this.#scores[at] !== 0);
      if ((score < 0 || score > 255) && this.#scores instanceof Uint8Array)
        this.#scores = Int32Array.from(this.#scores);
      this.#scores[at] = score;
      if (!plugin.normalizeScore) fixed += weight * score;
    }
    this.#fixed[place] = fixed;
    // A node that is scored though it does not pass (pods were promised to it) is judged anew next time.
    if (this.#rows[place] === fits) this.#rows[place] = isScored;
  }
  /** The weighted sums of the scores that are not normalised. */
  fixedOf(places: Int32Array, blocks: NumberBlocks): Float64Array {
    const fixed = blocks.float64(places.length);
    for (let i = 0; i < places.length; i++) fixed[i] = this.#fixed[places[i] as number] as number;
    return fixed;
  }
  /** The kept scores of some nodes, node by node. */
  scoresOf(places: Int32Array, blocks: NumberBlocks): Uint8Array | Int32Array {
    const width = this.scorers.length;
    const first = places[0] ?? 0;
    const found = blocks.like(this.#scores, places.length * width);
    if (places[places.length - 1] === first + places.length - 1) {
      found.set(this.#scores.subarray(first * width, (first + places.length) * width));
      return found;
    }
    for (let i = 0; i < places.length; i++) {
      const from = (places[i] as number) * width;
      for (let k = 0; k < width; k++) found[i * width + k] = this.#scores[from + k] as number;
    }
    return found;
  }
  /** Whether some node has a score other than 0. */
  hasScores(scorer: number): boolean {
    return (this.#nonZero[scorer] as number) > 0;
  }
}

/** Verdicts kept over all kinds of pods; those of the kind that was not seen longest go first. */
const maxVerdicts = 100_000;
const maxTables = 64;

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** The tables by what the plugins say of a pod (its signatures). */
export class VerdictTables {
  readonly #tables = new Map<string, VerdictTable>();
  #last: { readonly signatures: readonly string[]; readonly table: VerdictTable } | undefined;

  of(signatures: readonly string[], numNodes: number, make: () => VerdictTable): VerdictTable {
    if (this.#last && areEqual(this.#last.signatures, signatures)) return this.#last.table;
    const signature = signatures.join('|');
    const table = this.#tables.get(signature) ?? make();
    // Last in the map is newest.
    this.#tables.delete(signature);
    this.#tables.set(signature, table);
    this.#last = { signatures, table };
    const most = Math.max(2, Math.min(maxTables, Math.floor(maxVerdicts / Math.max(1, numNodes))));
    for (const oldest of this.#tables.keys()) {
      if (this.#tables.size <= most) break;
      this.#tables.delete(oldest);
    }
    return table;
  }
}
