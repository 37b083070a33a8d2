/**
 * The scheduling algorithm for one pod: which nodes fit, and which of them is best. Decides only; it changes nothing but the place from
 * which the next search starts.
 *
 * Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes (v1.36)
 */
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Random } from '../sim/random.ts';
import type { CycleState } from './cycle-state.ts';
import { Diagnosis, FitError, noNodesAvailable } from './fit-error.ts';
import type { SharedLister } from './framework.ts';
import type { Framework, NodeScores } from './framework-runtime.ts';
import type { NodeInfo } from './node-info.ts';
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

/** The node of the highest score; among equals chance decides. Upstream: newSortedNodeScores with Randomizer */
export function selectHost(totals: Float64Array, random: Random): number {
  let best = 0;
  let equals = 1;
  for (let i = 1; i < totals.length; i++) {
    const score = totals[i] as number;
    const top = totals[best] as number;
    if (score > top) {
      best = i;
      equals = 1;
    } else if (score === top && random.int(++equals) === 0) best = i;
  }
  return best;
}

export interface ScheduleResult {
  readonly suggestedHost: string;
  readonly feasible: readonly NodeInfo[];
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
}

export class SchedulingAlgorithm {
  readonly #options: AlgorithmOptions;
  #nextStartNodeIndex = 0;

  constructor(options: AlgorithmOptions) {
    this.#options = options;
  }

  schedulePod(framework: Framework, state: CycleState, pod: PodInfo): ScheduleResult | ScheduleFailure {
    const numAllNodes = this.#options.lister.nodeInfos.length;
    if (numAllNodes === 0) return { status: new Status('UnschedulableAndUnresolvable', noNodesAvailable) };
    const diagnosis = new Diagnosis();
    const feasible = this.#findNodesThatFitPod(framework, state, pod, diagnosis);
    if (feasible instanceof Status) return { status: feasible };
    const [only] = feasible;
    if (!only) return { fit: new FitError(diagnosis, numAllNodes) };
    if (feasible.length === 1) return { suggestedHost: only.name, feasible, diagnosis, scores: undefined };
    const scores = framework.runScorePlugins(state, pod, feasible);
    const chosen = feasible[selectHost(scores.totals, this.#options.random)] as NodeInfo;
    return { suggestedHost: chosen.name, feasible, diagnosis, scores };
  }

  #findNodesThatFitPod(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
  ): NodeInfo[] | Status {
    const all = this.#options.lister.nodeInfos;
    const { status, nodeNames, plugins } = framework.runPreFilterPlugins(state, pod);
    for (const plugin of plugins) diagnosis.unschedulablePlugins.add(plugin);
    if (status) {
      if (!status.isRejected) return status;
      diagnosis.nodeToStatus.absent = status;
      diagnosis.preFilterMessage = status.message;
      diagnosis.addPluginStatus(status);
      return [];
    }
    const nominated = this.#evaluateNominatedNode(framework, state, pod, diagnosis);
    if (nominated) return nominated;
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
    const processed = (feasible instanceof Status ? 0 : feasible.length) + diagnosis.nodeToStatus.size;
    this.#nextStartNodeIndex = (this.#nextStartNodeIndex + processed) % all.length;
    return feasible;
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
  ): NodeInfo[] | Status {
    const percentage = framework.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    const enough = numFeasibleNodesToFind(percentage, nodes.length);
    const filters = framework.activeFilters(state);
    const feasible: NodeInfo[] = [];
    const start = nodes.length > 0 ? this.#nextStartNodeIndex % nodes.length : 0;
    for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
      const at = start + i;
      const node = nodes[at < nodes.length ? at : at - nodes.length] as NodeInfo;
      const status = framework.runFilterPluginsWithNominatedPods(state, pod, node, filters);
      if (!status) feasible.push(node);
      else if (status.code === 'Error') return status;
      else {
        diagnosis.nodeToStatus.set(node.name, status);
        diagnosis.addPluginStatus(status);
      }
    }
    return feasible;
  }
}
