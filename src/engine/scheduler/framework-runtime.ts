/**
 * Runs the plugins of one profile at each extension point, in the profile's order.
 *
 * Upstream: pkg/scheduler/framework/runtime/framework.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import { action, type ClusterEvent } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeToStatus } from './fit-error.ts';
import { extenderName } from './extender.ts';
import { maxNodeScore, type Plugin, type PostFilterResult, type PreFilterResult } from './framework.ts';
import type { NodeChanges } from './node-changes.ts';
import type { NodeInfo } from './node-info.ts';
import { NodeScores, type PluginScores } from './node-scores.ts';
import { listedNodes, type NodeSelection } from './node-selection.ts';
import {
  type PlacedFilter,
  type ScorePlugin,
  VerdictTable,
  VerdictTables,
  type WeighedScore,
} from './node-verdicts.ts';
import { NumberBlocks } from './number-blocks.ts';
import type { PodInfo } from './pod-info.ts';
import type { QueueingHintRegistration } from './scheduling-queue.ts';
import { errorStatus, Status, type Verdict } from './status.ts';
import { maxPermitTimeoutMs, WaitingPod, type WaitingPods } from './waiting-pods.ts';

/** A plugin that implements one extension point. */
type With<K extends keyof Plugin> = Plugin & Required<Pick<Plugin, K>>;

/** What is kept about pods like this one, and where in it the nodes stand that the pod fits on. */
export interface KnownNodes {
  readonly table: VerdictTable;
  readonly places: Int32Array;
  readonly selection: NodeSelection;
}

const having = <K extends keyof Plugin>(plugins: readonly Plugin[], point: K): readonly With<K>[] =>
  plugins.filter((plugin): plugin is With<K> => plugin[point] !== undefined);

export interface PreFilterOutcome {
  readonly status: Verdict;
  /** The only nodes to look at; undefined: all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** The plugins that named nodes. */
  readonly plugins: readonly string[];
}

/** What the framework itself needs from outside. */
export interface FrameworkOptions {
  readonly profileName: string;
  readonly percentageOfNodesToScore?: number;
  /** In order, each with its weight for scoring. */
  readonly plugins: readonly { readonly plugin: Plugin; readonly weight: number }[];
  nodeInfos(): readonly NodeInfo[];
  nominatedPodsForNode(nodeName: string): readonly PodInfo[];
  hasNominatedPods?(): boolean;
  /** Changes of these nodes: without them nothing is kept from one cycle to the next. */
  readonly nodeChanges?: NodeChanges;
  /** Where pods are kept that Permit holds back; without it no plugin may. */
  readonly waitingPods?: WaitingPods;
  setTimer?(ms: number, callback: () => void): () => void;
  readonly hasExtenders?: boolean;
}

export class Framework {
  readonly profileName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly plugins: readonly Plugin[];
  readonly hints: readonly QueueingHintRegistration[];
  readonly #options: FrameworkOptions;
  readonly #preEnqueue: readonly With<'preEnqueue'>[];
  readonly #preFilter: readonly With<'preFilter'>[];
  readonly #filter: readonly With<'filter'>[];
  readonly #filterNames: readonly string[];
  readonly #postFilter: readonly With<'postFilter'>[];
  readonly #preScore: readonly With<'preScore'>[];
  readonly #score: readonly With<'score'>[];
  /** Those that count. */
  readonly #weighed: readonly WeighedScore[];
  /** Those that filter or score. */
  readonly #judges: readonly Plugin[];
  readonly #permit: readonly With<'permit'>[];
  readonly #preBind: readonly With<'preBind'>[];
  readonly #bind: readonly With<'bind'>[];
  readonly #postBind: readonly With<'postBind'>[];
  readonly #reserve: readonly With<'reserve'>[];
  readonly #tables = new VerdictTables();
  readonly #blocks = new NumberBlocks();

  constructor(options: FrameworkOptions) {
    this.#options = options;
    this.profileName = options.profileName;
    this.percentageOfNodesToScore = options.percentageOfNodesToScore;
    this.plugins = options.plugins.map(({ plugin }) => plugin);
    this.#preEnqueue = having(this.plugins, 'preEnqueue');
    this.#preFilter = having(this.plugins, 'preFilter');
    this.#filter = having(this.plugins, 'filter');
    this.#filterNames = this.#filter.map(({ name }) => name);
    this.#postFilter = having(this.plugins, 'postFilter');
    this.#preScore = having(this.plugins, 'preScore');
    this.#score = having(this.plugins, 'score');
    const weights = new Map(options.plugins.map(({ plugin, weight }) => [plugin.name, weight]));
    this.#weighed = this.#score
      .map((plugin) => ({ plugin, weight: weights.get(plugin.name) ?? 0 }))
      .filter(({ weight }) => weight !== 0);
    this.#judges = this.plugins.filter(({ filter, score }) => filter ?? score);
    this.#permit = having(this.plugins, 'permit');
    this.#preBind = having(this.plugins, 'preBind');
    this.#bind = having(this.plugins, 'bind');
    this.#postBind = having(this.plugins, 'postBind');
    this.#reserve = having(this.plugins, 'reserve');
    const hints = this.plugins.flatMap((plugin) =>
      (plugin.eventsToRegister?.() ?? []).map(({ event, hint }) => ({
        plugin: plugin.name,
        event,
        ...(hint ? { hint } : {}),
      })),
    );
    const afterAnyEvent: QueueingHintRegistration = { plugin: extenderName, event: anyEvent };
    this.hints = options.hasExtenders ? [...hints, afterAnyEvent] : hints;
  }
  get hasScorePlugins(): boolean {
    return this.#score.length > 0;
  }

  /** The first PreEnqueue plugin's refusal; with a name, that plugin's only. */
  preEnqueue(pod: corev1.Pod, only?: string): Verdict {
    for (const plugin of this.#preEnqueue) {
      if (only !== undefined && plugin.name !== only) continue;
      const status = plugin.preEnqueue(pod);
      if (status) return status.withPlugin(plugin.name);
    }
    return undefined;
  }

  runPreFilterPlugins(state: CycleState, pod: PodInfo): PreFilterOutcome {
    const nodes = this.#options.nodeInfos();
    const skipped = new Set<string>();
    state.skipFilter = skipped;
    const naming: string[] = [];
    let nodeNames: ReadonlySet<string> | undefined;
    let refused: Verdict;
    for (const plugin of this.#preFilter) {
      const answer = plugin.preFilter(state, pod, nodes);
      if (answer instanceof Status) {
        if (answer.code === 'Skip') skipped.add(plugin.name);
        else if (answer.code === 'Unschedulable') refused = answer.withPlugin(plugin.name);
        else if (answer.isRejected)
          return { status: answer.withPlugin(plugin.name), nodeNames: undefined, plugins: [] };
        else
          return {
            status: prefixed(`running PreFilter plugin "${plugin.name}"`, answer),
            nodeNames: undefined,
            plugins: [],
          };
      } else if (answer) {
        naming.push(plugin.name);
        nodeNames = intersect(nodeNames, answer);
        if (nodeNames.size === 0) return { status: noNodeLeft(naming), nodeNames, plugins: naming };
      }
    }
    return { status: refused, nodeNames, plugins: naming };
  }

  /** The names of all Filter plugins, in order. */
  get filterNames(): readonly string[] {
    return this.#filterNames;
  }
  /** The Filter plugins that have something to say in this cycle. */
  activeFilters(state: CycleState): readonly With<'filter'>[] {
    return state.skipFilter.size === 0
      ? this.#filter
      : this.#filter.filter((plugin) => !state.skipFilter.has(plugin.name));
  }
  runFilterPlugins(state: CycleState, pod: PodInfo, node: NodeInfo, filters = this.activeFilters(state)): Verdict {
    for (const plugin of filters) {
      const status = plugin.filter(state, pod, node);
      if (status) return refusalOf(plugin, status);
    }
    return undefined;
  }
  /** What is kept of former cycles about pods like this one; for a cycle over all nodes. */
  verdictsFor(state: CycleState, pod: PodInfo): VerdictTable | undefined {
    const { nodeChanges } = this.#options;
    if (!nodeChanges) return undefined;
    const nodes = this.#options.nodeInfos();
    const signatures: string[] = [];
    for (const plugin of this.#judges) signatures.push(plugin.signPod?.(pod) ?? unsigned);
    const table = this.#tables.of(signatures, nodes.length, () => this.#newTable(state, pod));
    table.begin(nodes, nodeChanges);
    return table;
  }
  #newTable(state: CycleState, pod: PodInfo): VerdictTable {
    const kept: PlacedFilter[] = [];
    const asked: PlacedFilter[] = [];
    const unkept = new Set(this.#judges.filter((plugin) => plugin.signPod?.(pod) === undefined));
    this.#filter.forEach((plugin, place) => {
      if (unkept.has(plugin)) asked.push({ plugin, place });
      else if (!state.skipFilter.has(plugin.name)) kept.push({ plugin, place });
    });
    return new VerdictTable({ kept, asked, keepsScore: (plugin) => !unkept.has(plugin), refusal: refusalOf });
  }
  /** As `runFilterPlugins` with the plugins given, as far as they come before the one at `end`. */
  runFilterPluginsBefore(
    end: number,
    plugins: readonly PlacedFilter[],
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
  ): Verdict {
    for (const { plugin, place } of plugins) {
      if (place > end) return undefined;
      const status = plugin.filter(state, pod, node);
      if (status) return refusalOf(plugin, status);
    }
    return undefined;
  }
  /** Whether some node is promised to a pod. */
  get hasNominatedPods(): boolean {
    return this.#options.hasNominatedPods?.() ?? true;
  }
  isPromised(node: NodeInfo): boolean {
    return this.#options.nominatedPodsForNode(node.name).length > 0;
  }
  /**
   * Filters twice where pods of at least this pod's priority were promised the node: with them (the pod must leave them their place)
   * and without (they may never come).
   */
  runFilterPluginsWithNominatedPods(
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
    filters = this.activeFilters(state),
  ): Verdict {
    const nominated = this.#options.nominatedPodsForNode(node.name);
    const promised =
      nominated.length === 0
        ? nominated
        : nominated.filter((other) => other.priority >= pod.priority && other.uid !== pod.uid);
    if (promised.length > 0) {
      const stateWith = state.clone();
      const nodeWith = node.clone();
      for (const other of promised) {
        nodeWith.addPod(other);
        this.runAddPod(stateWith, pod, other, nodeWith);
      }
      const status = this.runFilterPlugins(stateWith, pod, nodeWith, filters);
      if (status) return status;
    }
    return this.runFilterPlugins(state, pod, node, filters);
  }
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#preFilter) {
      if (!state.skipFilter.has(plugin.name)) plugin.addPod?.(state, pod, added, node);
    }
  }
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#preFilter) {
      if (!state.skipFilter.has(plugin.name)) plugin.removePod?.(state, pod, removed, node);
    }
  }

  *runPostFilterPlugins(state: CycleState, pod: PodInfo, nodeToStatus: NodeToStatus): Process<PostFilterResult> {
    const reasons: string[] = [];
    let nominatedNodeName: string | undefined;
    for (const plugin of this.#postFilter) {
      const answer = plugin.postFilter(state, pod, nodeToStatus);
      const result = 'next' in answer ? yield* answer : answer;
      const { status } = result;
      if (!status || status.code === 'UnschedulableAndUnresolvable') return result;
      if (!status.isRejected) return { nominatedNodeName: undefined, status };
      nominatedNodeName = result.nominatedNodeName ?? nominatedNodeName;
      reasons.push(...status.reasons);
    }
    return { nominatedNodeName, status: new Status('Unschedulable', reasons) };
  }

  /** `known`: what is kept about the same nodes. @throws Error when a plugin fails */
  runScorePlugins(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], known?: KnownNodes): NodeScores {
    const skipped = new Set<string>();
    for (const plugin of this.#preScore) {
      const status = plugin.preScore(state, pod, nodes);
      if (status?.code === 'Skip') skipped.add(plugin.name);
      else if (status) throw new Error(`running PreScore plugin "${plugin.name}": ${status.message}`);
    }
    state.skipScore = skipped;
    const scorers =
      skipped.size === 0 ? this.#weighed : this.#weighed.filter(({ plugin }) => !skipped.has(plugin.name));
    const scores = known
      ? this.#knownScores(state, pod, known, scorers)
      : new NodeScores(state, pod, listedNodes(nodes), new Float64Array(nodes.length));
    let kept = 0;
    for (const { plugin, weight } of scorers) {
      if (known?.table.keepsScore(plugin)) this.#addKept(scores, kept++, plugin, state, pod, nodes, known);
      else scores.add(this.#scoresOf(plugin, weight, state, pod, nodes));
    }
    return scores;
  }
  #knownScores(
    state: CycleState,
    pod: PodInfo,
    { table, places, selection }: KnownNodes,
    scorers: readonly WeighedScore[],
  ): NodeScores {
    table.score(places, state, pod, () => scorers.filter(({ plugin }) => table.keepsScore(plugin)));
    return new NodeScores(state, pod, selection, table.fixedOf(places, this.#blocks), {
      scorers: table.scorers,
      scores: table.scoresOf(places, this.#blocks),
    });
  }
  #addKept(
    scores: NodeScores,
    at: number,
    plugin: ScorePlugin,
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    { table }: KnownNodes,
  ): void {
    if (!plugin.normalizeScore) return scores.addKept(at, undefined);
    if (!table.hasScores(at)) {
      const zero = new Float64Array(1);
      plugin.normalizeScore(state, pod, zero, nodes.slice(0, 1));
      return scores.addEqual(at, zero[0] as number);
    }
    const normalized = scores.rawOf(at);
    plugin.normalizeScore(state, pod, normalized, nodes);
    for (let i = 0; i < normalized.length; i++) checkScore(plugin.name, normalized[i] as number);
    scores.addKept(at, normalized);
  }
  #scoresOf(
    plugin: ScorePlugin,
    weight: number,
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): PluginScores {
    const raw = new Float64Array(nodes.length);
    for (let i = 0; i < raw.length; i++) raw[i] = plugin.score(state, pod, nodes[i] as NodeInfo);
    let normalized = raw;
    if (plugin.normalizeScore) {
      normalized = raw.slice();
      plugin.normalizeScore(state, pod, normalized, nodes);
      for (let i = 0; i < normalized.length; i++) checkScore(plugin.name, normalized[i] as number);
    }
    return { plugin: plugin.name, weight, raw, normalized };
  }

  runReservePlugins(state: CycleState, pod: PodInfo, nodeName: string): Verdict {
    for (const plugin of this.#reserve) {
      const status = plugin.reserve(state, pod, nodeName);
      if (status) return status.withPlugin(plugin.name);
    }
    return undefined;
  }
  /** The code Wait: the pod waits now, and `waitOnPermit` says for what end. */
  runPermitPlugins(state: CycleState, pod: PodInfo, nodeName: string): Verdict {
    const timeouts = new Map<string, number>();
    for (const plugin of this.#permit) {
      const result = plugin.permit(state, pod, nodeName);
      if (!result) continue;
      const { status, timeoutMs = maxPermitTimeoutMs } = result;
      if (status.code === 'Wait') timeouts.set(plugin.name, Math.min(timeoutMs, maxPermitTimeoutMs));
      else if (status.isRejected) return status.withPlugin(plugin.name);
      else return prefixed(`running Permit plugin "${plugin.name}"`, status);
    }
    const { waitingPods, setTimer } = this.#options;
    if (timeouts.size === 0 || !waitingPods || !setTimer) return undefined;
    waitingPods.add(pod.uid, new WaitingPod(pod.pod, timeouts, setTimer));
    const name = pod.pod.metadata.name ?? '';
    return new Status('Wait', `one or more plugins asked to wait and no plugin rejected pod "${name}"`);
  }
  willWaitOnPermit(uid: string): boolean {
    return this.#options.waitingPods?.get(uid) !== undefined;
  }
  /** Until all plugins agree, or one does not. */
  *waitOnPermit(uid: string): Process<Verdict> {
    const waiting = this.#options.waitingPods?.get(uid);
    if (!waiting) return undefined;
    try {
      return yield* waiting.wait();
    } finally {
      this.#options.waitingPods?.remove(uid);
    }
  }
  /** In reverse order. */
  runUnreservePlugins(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of [...this.plugins].reverse()) plugin.unreserve?.(state, pod, nodeName);
  }
  /** The plugins whose PreBind has something to do, or what went wrong. */
  runPreBindPreFlights(state: CycleState, pod: PodInfo, nodeName: string): readonly With<'preBind'>[] | Status {
    const busy: With<'preBind'>[] = [];
    for (const plugin of this.#preBind) {
      const status = plugin.preBindPreFlight?.(state, pod, nodeName);
      if (!status) busy.push(plugin);
      else if (status.code !== 'Skip') return prefixed(`running PreBindPreFlight "${plugin.name}"`, status);
    }
    return busy;
  }
  *runPreBindPlugins(
    plugins: readonly With<'preBind'>[],
    state: CycleState,
    pod: PodInfo,
    nodeName: string,
  ): Process<Verdict> {
    for (const plugin of plugins) {
      const status = yield* plugin.preBind(state, pod, nodeName);
      if (!status) continue;
      return status.isRejected
        ? status.withPlugin(plugin.name)
        : prefixed(`running PreBind plugin "${plugin.name}"`, status);
    }
    return undefined;
  }
  *runBindPlugins(state: CycleState, pod: PodInfo, nodeName: string): Process<Verdict> {
    for (const plugin of this.#bind) {
      const status = yield* plugin.bind(state, pod, nodeName);
      if (status?.code === 'Skip') continue;
      if (!status) return undefined;
      return status.isRejected
        ? status.withPlugin(plugin.name)
        : prefixed(`running Bind plugin "${plugin.name}"`, status);
    }
    return new Status('Skip');
  }
  runPostBindPlugins(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of this.#postBind) plugin.postBind(state, pod, nodeName);
  }
}

const anyEvent: ClusterEvent = { resource: '*', action: action.all };

/** Stands in a signature for a plugin that looks at more than pod and node. */
const unsigned = '\0';

const refusalOf = (plugin: Plugin, status: Status): Status =>
  status.isRejected ? status.withPlugin(plugin.name) : prefixed(`running "${plugin.name}" filter plugin`, status);

function checkScore(plugin: string, score: number): void {
  if (score >= 0 && score <= maxNodeScore) return;
  throw new Error(
    `plugin "${plugin}" returns an invalid score ${score}, it should in the range of [0, ${maxNodeScore}] after normalizing`,
  );
}

const prefixed = (what: string, status: Status): Status => errorStatus(new Error(`${what}: ${status.message}`));

function intersect(known: ReadonlySet<string> | undefined, { nodeNames }: PreFilterResult): ReadonlySet<string> {
  return known ? new Set([...known].filter((name) => nodeNames.has(name))) : nodeNames;
}

function noNodeLeft(plugins: readonly string[]): Status {
  const [first] = plugins;
  const text =
    plugins.length === 1
      ? `node(s) didn't satisfy plugin ${first}`
      : `node(s) didn't satisfy plugin(s) [${[...plugins].sort(compareStrings).join(' ')}] simultaneously`;
  return new Status('UnschedulableAndUnresolvable', text);
}
