/**
 * The scheduling algorithm for one pod: which nodes fit, and which of them is best. Decides only; it changes nothing but the place from
 * which the next search starts.
 *
 * Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes (v1.36)
 */
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import type { Random } from '../sim/random.ts';
import type { CycleState } from './cycle-state.ts';
import { FilterCycle } from './filter-cycle.ts';
import { Diagnosis, FitError, noNodesAvailable } from './fit-error.ts';
import { extenderName, type HttpExtender, maxExtenderPriority } from './extender.ts';
import { maxNodeScore, type SharedLister } from './framework.ts';
import type { Framework, KnownNodes } from './framework-runtime.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeScores } from './node-scores.ts';
import { listedNodes, NodesAt, type NodeSelection } from './node-selection.ts';
import { NumberBlocks } from './number-blocks.ts';
import type { PodInfo } from './pod-info.ts';
import { Status } from './status.ts';

const minFeasibleNodesToFind = 100;
const minFeasibleNodesPercentageToFind = 5;

/**
 * After how many nodes that fit the search ends.
 *
 * Upstream: schedule_one.go numFeasibleNodesToFind (v1.36)
 */
export function numFeasibleNodesToFind(percentageOfNodesToScore: number, numAllNodes: number): number {
  if (numAllNodes < minFeasibleNodesToFind) return numAllNodes;
  let percentage = percentageOfNodesToScore;
  if (percentage === 0) {
    percentage = Math.max(50 - Math.trunc(numAllNodes / 125), minFeasibleNodesPercentageToFind);
  }
  return Math.max(Math.trunc((numAllNodes * percentage) / 100), minFeasibleNodesToFind);
}

/** The place of the highest score; among equals chance decides. Upstream: newSortedNodeScores with Randomizer */
export function selectHost(totals: ArrayLike<number>, random: Random): number {
  let best = 0;
  let equals = 1;
  for (let i = 1; i < totals.length; i++) {
    const score = totals[i] as number;
    const top = totals[best] as number;
    if (score > top) {
      best = i;
      equals = 1;
    } else if (score === top) equals++;
  }
  if (equals === 1) return best;
  let others = random.int(equals);
  const top = totals[best];
  for (let i = best; ; i++) if (totals[i] === top && others-- === 0) return i;
}

/** The nodes that a pod fits on, in the order in which they were found. */
interface Feasible {
  readonly nodes: readonly NodeInfo[];
  /** What is kept about them, when they were found among all. */
  readonly known?: KnownNodes;
}

export interface ScheduleResult {
  readonly suggestedHost: string;
  readonly feasible: NodeSelection;
  readonly diagnosis: Diagnosis;
  readonly scores: NodeScores | undefined;
}

/** What the pod cannot be scheduled for: it fits nowhere, or something went wrong. */
export type ScheduleFailure = { readonly fit: FitError } | { readonly status: Status };

export interface AlgorithmOptions {
  readonly lister: SharedLister;
  readonly random: Random;
  /** 0: as many as the size of the cluster suggests. */
  readonly percentageOfNodesToScore: number;
  readonly extenders: readonly HttpExtender[];
}

export class SchedulingAlgorithm {
  readonly #options: AlgorithmOptions;
  #nextStartNodeIndex = 0;
  /** Used anew in each cycle. */
  #places = new Int32Array(0);
  readonly #blocks = new NumberBlocks();

  constructor(options: AlgorithmOptions) {
    this.#options = options;
  }

  /** Waits for extenders only; without any it is done at once. @throws Error when a plugin or extender fails */
  *schedulePod(framework: Framework, state: CycleState, pod: PodInfo): Process<ScheduleResult | ScheduleFailure> {
    const numAllNodes = this.#options.lister.nodeInfos.length;
    if (numAllNodes === 0) return { status: new Status('UnschedulableAndUnresolvable', noNodesAvailable) };
    const diagnosis = new Diagnosis();
    const found = yield* this.#findNodesThatFitPod(framework, state, pod, diagnosis);
    if (found instanceof Status) return { status: found };
    const { nodes: feasible, known } = found;
    const [only] = feasible;
    if (!only) return { fit: new FitError(diagnosis, numAllNodes) };
    const selection = known?.selection ?? listedNodes(feasible);
    if (feasible.length === 1) return { suggestedHost: only.name, feasible: selection, diagnosis, scores: undefined };
    const scores = framework.runScorePlugins(state, pod, feasible, known);
    yield* this.#addExtenderScores(pod, feasible, scores.totals);
    const chosen = feasible[selectHost(scores.totals, this.#options.random)] as NodeInfo;
    return { suggestedHost: chosen.name, feasible: selection, diagnosis, scores };
  }

  *#findNodesThatFitPod(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
  ): Process<Feasible | Status> {
    const all = this.#options.lister.nodeInfos;
    const { status, nodeNames, plugins } = framework.runPreFilterPlugins(state, pod);
    for (const plugin of plugins) diagnosis.unschedulablePlugins.add(plugin);
    if (status) {
      if (!status.isRejected) return status;
      diagnosis.nodeToStatus.absent = status;
      diagnosis.preFilterMessage = status.message;
      diagnosis.addPluginStatus(status);
      return { nodes: [] };
    }
    const nominated = this.#evaluateNominatedNode(framework, state, pod, diagnosis);
    if (nominated) {
      const kept = yield* this.#findNodesThatPassExtenders(pod, nominated, diagnosis);
      if (kept.length > 0) return { nodes: kept };
    }
    let nodes = all;
    if (nodeNames) {
      nodes = [...nodeNames].sort(compareStrings).flatMap((name) => this.#options.lister.nodeInfo(name) ?? []);
      const names = [...plugins].sort(compareStrings).join(' ');
      diagnosis.nodeToStatus.absent = new Status(
        'UnschedulableAndUnresolvable',
        `node(s) didn't satisfy plugin(s) [${names}]`,
      );
    }
    const feasible = this.#findNodesThatPassFilters(framework, state, pod, diagnosis, nodes);
    const processed = (feasible instanceof Status ? 0 : feasible.nodes.length) + diagnosis.nodeToStatus.size;
    this.#nextStartNodeIndex = (this.#nextStartNodeIndex + processed) % all.length;
    if (feasible instanceof Status || this.#options.extenders.length === 0) return feasible;
    const left = yield* this.#findNodesThatPassExtenders(pod, feasible.nodes, diagnosis);
    return left === feasible.nodes ? feasible : { nodes: left };
  }

  /** One extender after the other, each with what the former left. */
  *#findNodesThatPassExtenders(
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    diagnosis: Diagnosis,
  ): Process<readonly NodeInfo[]> {
    let left = nodes;
    for (const extender of this.#options.extenders) {
      if (left.length === 0) break;
      if (!extender.isInterested(pod.pod)) continue;
      try {
        const { nodes: kept, failed, failedAndUnresolvable } = yield* extender.filter(pod.pod, left);
        for (const [node, text] of failed) diagnosis.nodeToStatus.set(node, new Status('Unschedulable', text));
        for (const [node, text] of failedAndUnresolvable) {
          diagnosis.nodeToStatus.set(node, new Status('UnschedulableAndUnresolvable', text));
        }
        left = kept;
      } catch (error) {
        if (!extender.isIgnorable) throw error;
      }
    }
    if (left.length !== nodes.length) diagnosis.unschedulablePlugins.add(extenderName);
    return left;
  }
  /** What extenders say is added, brought to the scale of plugins; one that fails says nothing. */
  *#addExtenderScores(pod: PodInfo, nodes: readonly NodeInfo[], totals: Float64Array): Process<void> {
    for (const extender of this.#options.extenders) {
      if (!extender.isPrioritizer || !extender.isInterested(pod.pod)) continue;
      try {
        const scores = yield* extender.prioritize(pod.pod, nodes);
        const factor = extender.weight * (maxNodeScore / maxExtenderPriority);
        nodes.forEach(({ name }, i) => {
          totals[i] = (totals[i] ?? 0) + (scores.get(name) ?? 0) * factor;
        });
      } catch {
        // The others decide.
      }
    }
  }

  /** A node that preemption has made room on is tried first, and alone. */
  #evaluateNominatedNode(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
  ): NodeInfo[] | undefined {
    const name = pod.pod.status?.nominatedNodeName;
    const node = name ? this.#options.lister.nodeInfo(name) : undefined;
    if (!node) return undefined;
    const status = framework.runFilterPluginsWithNominatedPods(state, pod, node);
    if (!status) return [node];
    diagnosis.nodeToStatus.set(node.name, status);
    diagnosis.addPluginStatus(status);
    return undefined;
  }

  #findNodesThatPassFilters(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
    nodes: readonly NodeInfo[],
  ): Feasible | Status {
    const enough = this.#numFeasibleNodesToFind(framework, nodes.length);
    const { nodeInfos } = this.#options.lister;
    const table = nodes === nodeInfos ? framework.verdictsFor(state, pod) : undefined;
    const cycle = new FilterCycle(framework, state, pod, table);
    const feasible: NodeInfo[] = [];
    if (this.#places.length < enough) this.#places = new Int32Array(enough);
    const places = this.#places;
    const start = nodes.length > 0 ? this.#nextStartNodeIndex % nodes.length : 0;
    for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
      const place = start + i < nodes.length ? start + i : start + i - nodes.length;
      const node = nodes[place] as NodeInfo;
      const status = cycle.refusal(node, place);
      if (!status) {
        places[feasible.length] = place;
        feasible.push(node);
      } else if (status.code === 'Error') return status;
      else {
        diagnosis.nodeToStatus.set(node.name, status);
        diagnosis.addPluginStatus(status);
      }
    }
    if (!table) return { nodes: feasible };
    const found = this.#blocks.int32(feasible.length);
    for (let i = 0; i < found.length; i++) found[i] = places[i] as number;
    return { nodes: feasible, known: { table, places: found, selection: new NodesAt(nodes, found) } };
  }
  #numFeasibleNodesToFind(framework: Framework, numNodes: number): number {
    const { extenders } = this.#options;
    const isFirstGood = !framework.hasScorePlugins && !extenders.some((e) => e.isFilter || e.isPrioritizer);
    if (isFirstGood) return 1;
    return numFeasibleNodesToFind(
      framework.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore,
      numNodes,
    );
  }
}
