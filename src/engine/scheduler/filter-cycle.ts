import type { CycleState } from './cycle-state.ts';
import type { Framework } from './framework-runtime.ts';
import type { NodeInfo } from './node-info.ts';
import type { PlacedFilter, VerdictTable } from './node-verdicts.ts';
import type { PodInfo } from './pod-info.ts';
import type { Verdict } from './status.ts';

/** Filters the nodes of one cycle, with what is kept about pods like this one where something is. */
export class FilterCycle {
  readonly table: VerdictTable | undefined;
  readonly #framework: Framework;
  readonly #state: CycleState;
  readonly #pod: PodInfo;
  readonly #filters: ReturnType<Framework['activeFilters']>;
  /** Whether some nodes are promised to pods. */
  readonly #arePromised: boolean;
  /** The plugins whose verdicts are not kept, as far as they have something to say. */
  readonly #asked: readonly PlacedFilter[];

  /** `table`: what is kept about all nodes, when all are filtered. */
  constructor(framework: Framework, state: CycleState, pod: PodInfo, table: VerdictTable | undefined) {
    this.#framework = framework;
    this.#state = state;
    this.#pod = pod;
    this.table = table;
    this.#arePromised = framework.hasNominatedPods;
    this.#filters = framework.activeFilters(state);
    this.#asked = table?.asked.filter(({ plugin }) => !state.skipFilter.has(plugin.name)) ?? [];
  }

  /** Why the pod does not fit on a node; `place`: where the node stands in the list. */
  refusal(node: NodeInfo, place: number): Verdict {
    const { table } = this;
    if (!table || (this.#arePromised && this.#framework.isPromised(node))) {
      return this.#framework.runFilterPluginsWithNominatedPods(this.#state, this.#pod, node, this.#filters);
    }
    const passes = table.passes(place, this.#state, this.#pod);
    if (this.#asked.length === 0) return passes ? undefined : table.statusOf(place);
    const end = passes ? Number.POSITIVE_INFINITY : table.refusedAt(place);
    const status = this.#framework.runFilterPluginsBefore(end, this.#asked, this.#state, this.#pod, node);
    return status ?? (passes ? undefined : table.statusOf(place));
  }
}
