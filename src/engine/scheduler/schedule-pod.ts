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
import { Diagnosis, FitError, noNodesAvailable } from './fit-error.ts';
import { extenderName, type HttpExtender, maxExtenderPriority } from './extender.ts';
import { maxNodeScore, type SharedLister } from './framework.ts';
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
  readonly extenders: readonly HttpExtender[];
}

export class SchedulingAlgorithm {
  readonly #options: AlgorithmOptions;
  #nextStartNodeIndex = 0;

  constructor(options: AlgorithmOptions) {
    this.#options = options;
  }

  /** Waits for extenders only; without any it is done at once. @throws Error when a plugin or extender fails */
  *schedulePod(framework: Framework, state: CycleState, pod: PodInfo): Process<ScheduleResult | ScheduleFailure> {
    const numAllNodes = this.#options.lister.nodeInfos.length;
    if (numAllNodes === 0) return { status: new Status('UnschedulableAndUnresolvable', noNodesAvailable) };
    const diagnosis = new Diagnosis();
    const feasible = yield* this.#findNodesThatFitPod(framework, state, pod, diagnosis);
    if (feasible instanceof Status) return { status: feasible };
    const [only] = feasible;
    if (!only) return { fit: new FitError(diagnosis, numAllNodes) };
    if (feasible.length === 1) return { suggestedHost: only.name, feasible, diagnosis, scores: undefined };
    const scores = framework.runScorePlugins(state, pod, feasible);
    yield* this.#addExtenderScores(pod, feasible, scores.totals);
    const chosen = feasible[selectHost(scores.totals, this.#options.random)] as NodeInfo;
    return { suggestedHost: chosen.name, feasible, diagnosis, scores };
  }

  *#findNodesThatFitPod(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
  ): Process<readonly NodeInfo[] | Status> {
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
    if (nominated) {
      const kept = yield* this.#findNodesThatPassExtenders(pod, nominated, diagnosis);
      if (kept.length > 0) return kept;
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
    const processed = (feasible instanceof Status ? 0 : feasible.length) + diagnosis.nodeToStatus.size;
    this.#nextStartNodeIndex = (this.#nextStartNodeIndex + processed) % all.length;
    return feasible instanceof Status ? feasible : yield* this.#findNodesThatPassExtenders(pod, feasible, diagnosis);
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
  ): NodeInfo[] | Status {
    const percentage = framework.percentageOfNodesToScore ?? this.#options.percentageOfNodesToScore;
    const { extenders } = this.#options;
    const isFirstGood = !framework.hasScorePlugins && !extenders.some((e) => e.isFilter || e.isPrioritizer);
    const enough = isFirstGood ? 1 : numFeasibleNodesToFind(percentage, nodes.length);
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
