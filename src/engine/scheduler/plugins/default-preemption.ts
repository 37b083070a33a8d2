import type * as corev1 from '../../../api/core/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import { podDisruptionBudgets, pods } from '../../../api/resources.ts';
import type { Process } from '../../../process/process.ts';
import { action, onEvent } from '../cluster-event.ts';
import type { CycleState } from '../cycle-state.ts';
import { Diagnosis, fitErrorMessage, type NodeToStatus } from '../fit-error.ts';
import type { HttpExtender, NodeVictims } from '../extender.ts';
import { type Handle, type Plugin, podInformerOptions, type PostFilterResult, type Victims } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { filterPodsWithPdbViolation } from '../preemption/disruption-budgets.ts';
import { PreemptionExecutor } from '../preemption/executor.ts';
import { type Candidate, compareImportance, pickOneNodeForPreemption } from '../preemption/pod-importance.ts';
import { errorStatus, Status, type Verdict } from '../status.ts';

const name = 'DefaultPreemption';
const noVictims = new Status('UnschedulableAndUnresolvable', 'No preemption victims found for incoming pod');
const notHelpful = new Status('UnschedulableAndUnresolvable', 'Preemption is not helpful for scheduling');
const running = new Status(
  'UnschedulableAndUnresolvable',
  'waiting for the preemption for this pod to be finished',
  name,
);

export interface DefaultPreemptionArgs {
  /** Default 10. */
  readonly minCandidateNodesPercentage?: number;
  /** Default 100. */
  readonly minCandidateNodesAbsolute?: number;
}

const unschedulable = (message: string, nominatedNodeName?: string): PostFilterResult => ({
  nominatedNodeName,
  status: new Status('Unschedulable', `preemption: ${message}`),
});

/** Whether a pod is on its way out to make room for another. Upstream: podTerminatingByPreemption */
function isTerminatingByPreemption(pod: corev1.Pod): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}

/**
 * Makes room for a pod by driving out pods of lower priority, where that helps and hurts least.
 *
 * Upstream: plugins/defaultpreemption/default_preemption.go, pkg/scheduler/framework/preemption/preemption.go (v1.36)
 */
class DefaultPreemption implements Plugin {
  readonly name = name;
  readonly #handle: Handle;
  readonly #args: DefaultPreemptionArgs;
  readonly #executor: PreemptionExecutor;
  readonly #budgets: { list(): policyv1.PodDisruptionBudget[] };
  readonly #getPod: (key: string) => corev1.Pod | undefined;

  constructor(args: DefaultPreemptionArgs, handle: Handle) {
    this.#handle = handle;
    this.#args = args;
    this.#executor = new PreemptionExecutor(handle);
    this.#budgets = handle.informers.informer(podDisruptionBudgets).store;
    const { store } = handle.informers.informer(pods, podInformerOptions);
    this.#getPod = (key) => store.get(key);
  }

  preEnqueue(pod: corev1.Pod): Verdict {
    return this.#executor.isPodRunningPreemption(pod.metadata.uid ?? '', this.#getPod) ? running : undefined;
  }
  eventsToRegister() {
    // A pod that waits for its preemption to be finished is looked at again whenever a pod goes.
    return [onEvent<corev1.Pod>('Pod', action.delete, () => false)];
  }

  postFilter(
    state: CycleState,
    pod: PodInfo,
    nodeToStatus: NodeToStatus,
  ): PostFilterResult | Process<PostFilterResult> {
    const newest = this.#getPod(pod.key);
    if (!newest)
      return { nominatedNodeName: undefined, status: new Status('Error', `pod "${pod.pod.metadata.name}" not found`) };
    const ineligible = this.#ineligibility(newest, pod, nodeToStatus);
    if (ineligible !== undefined) return unschedulable(ineligible);
    const all = this.#handle.lister.nodeInfos;
    const potential = nodeToStatus.nodesForStatusCode(all, 'Unschedulable');
    const { candidates, statuses } = this.#dryRunPreemption(state, pod, potential);
    const { extenders } = this.#handle;
    const asked = extenders.filter((extender) => extender.supportsPreemption && extender.isInterested(newest));
    if (asked.length === 0 || candidates.length === 0) return this.#prepareBest(newest, candidates, statuses);
    return this.#prepareAgreed(newest, candidates, statuses, asked);
  }

  /** Extenders may take candidates away, or change their victims. Upstream: callExtenders */
  *#prepareAgreed(
    newest: corev1.Pod,
    candidates: readonly Candidate[],
    statuses: ReadonlyMap<string, Status>,
    extenders: readonly HttpExtender[],
  ): Process<PostFilterResult> {
    let agreed: NodeVictims = new Map(candidates.map(({ nodeName, victims }) => [nodeName, victims]));
    for (const extender of extenders) {
      if (agreed.size === 0) break;
      try {
        const answer = yield* extender.processPreemption(newest, agreed, this.#handle.lister);
        for (const [node, { pods: victims }] of answer) {
          if (victims.length > 0) continue;
          if (!extender.isIgnorable)
            throw new Error(`expected at least one victim pod on node ${JSON.stringify(node)}`);
          answer.delete(node);
        }
        agreed = answer;
      } catch (error) {
        if (!extender.isIgnorable) return { nominatedNodeName: undefined, status: errorStatus(error) };
      }
    }
    const left = [...agreed].map(([nodeName, victims]) => ({ nodeName, victims }));
    return this.#prepareBest(newest, left, statuses);
  }
  #prepareBest(
    newest: corev1.Pod,
    candidates: readonly Candidate[],
    statuses: ReadonlyMap<string, Status>,
  ): PostFilterResult {
    const best = pickOneNodeForPreemption(candidates, this.#handle.sim.now());
    if (!best) {
      const diagnosis = new Diagnosis();
      diagnosis.nodeToStatus.absent = notHelpful;
      for (const [node, status] of statuses) diagnosis.nodeToStatus.set(node, status);
      return unschedulable(fitErrorMessage(diagnosis, this.#handle.lister.nodeInfos.length), '');
    }
    this.#executor.prepareCandidate(best, newest);
    return { nominatedNodeName: best.nodeName, candidates, status: undefined };
  }

  /** Why the pod may not drive others out. Upstream: PodEligibleToPreemptOthers */
  #ineligibility(newest: corev1.Pod, pod: PodInfo, nodeToStatus: NodeToStatus): string | undefined {
    if (newest.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const nominated = newest.status?.nominatedNodeName;
    if (!nominated || nodeToStatus.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
    const others = this.#handle.lister.nodeInfo(nominated)?.pods ?? [];
    const waits = others.some((other) => other.priority < pod.priority && isTerminatingByPreemption(other.pod));
    return waits ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
  }

  /** How many nodes to try. Upstream: calculateNumCandidates */
  #numCandidates(numNodes: number): number {
    const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = this.#args;
    const wanted = Math.max(Math.trunc((numNodes * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute);
    return Math.min(wanted, numNodes);
  }
  #dryRunPreemption(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
  ): { readonly candidates: readonly Candidate[]; readonly statuses: ReadonlyMap<string, Status> } {
    const violating: Candidate[] = [];
    const nonViolating: Candidate[] = [];
    const statuses = new Map<string, Status>();
    const budgets = nodes.length > 0 ? this.#budgets.list() : [];
    const enough = this.#numCandidates(nodes.length);
    const offset = nodes.length > 0 ? this.#handle.random.int(nodes.length) : 0;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[(offset + i) % nodes.length] as NodeInfo;
      const found = this.#selectVictimsOnNode(state.clone(), pod, node.clone(), budgets);
      if (found instanceof Status) statuses.set(node.name, found);
      else (found.numPdbViolations === 0 ? nonViolating : violating).push({ nodeName: node.name, victims: found });
      if (nonViolating.length > 0 && nonViolating.length + violating.length >= enough) break;
    }
    return { candidates: [...nonViolating, ...violating], statuses };
  }
  /**
   * The fewest and least important pods without which the pod fits: all of lower priority are taken away, then as many as possible
   * are let back, the important and those under a disruption budget first. Changes `state` and `node`.
   */
  #selectVictimsOnNode(
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
    budgets: readonly policyv1.PodDisruptionBudget[],
  ): Victims | Status {
    const remove = (other: PodInfo) => {
      node.removePod(other.uid);
      this.#handle.runRemovePod(state, pod, other, node);
    };
    const potential = node.pods.filter((other) => other.priority < pod.priority);
    if (potential.length === 0) return noVictims;
    for (const other of potential) remove(other);
    const status = this.#handle.runFilterPluginsWithNominatedPods(state, pod, node);
    if (status) return status;
    const nowMs = this.#handle.sim.now();
    const byImportance = (a: PodInfo, b: PodInfo) => compareImportance(a.pod, b.pod, nowMs);
    const { violating, nonViolating } = filterPodsWithPdbViolation(potential.sort(byImportance), budgets);
    const victims: PodInfo[] = [];
    const reprieve = (other: PodInfo) => {
      node.addPod(other);
      this.#handle.runAddPod(state, pod, other, node);
      if (!this.#handle.runFilterPluginsWithNominatedPods(state, pod, node)) return;
      remove(other);
      victims.push(other);
    };
    for (const other of violating) reprieve(other);
    const numPdbViolations = victims.length;
    for (const other of nonViolating) reprieve(other);
    victims.sort(byImportance);
    if (victims.length === 0) {
      return new Status('Error', `expected at least one victim pod on node "${node.name}"`);
    }
    return { pods: victims.map((victim) => victim.pod), numPdbViolations };
  }
}

export const newDefaultPreemption = (args: DefaultPreemptionArgs, handle: Handle): Plugin =>
  new DefaultPreemption(args, handle);
