/**
 * The extension points of the scheduling framework: what a plugin may implement, and what it is given.
 *
 * A scheduling cycle takes one pod: PreFilter → Filter (each node) → PostFilter (when no node is left) → PreScore → Score →
 * NormalizeScore → Reserve → Permit; a binding cycle: (waiting) → PreBind → Bind → PostBind. A plugin is a name and the points it implements.
 *
 * Upstream: k8s.io/kube-scheduler/framework/interface.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { InformerFactory } from '../../client/informer.ts';
import type { Process } from '../../process/process.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import type { AffinityKind, IndexedTerm } from './affinity-index.ts';
import type { ClusterEventWithHint } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeToStatus } from './fit-error.ts';
import type { NodeInfo } from './node-info.ts';
import type { Counts, NodeFilter, PodQuestion } from './pod-counts.ts';
import type { PodInfo } from './pod-info.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';
import type { CompileDeviceSelector } from './dynamic-resources/device-allocator.ts';
import type { HttpExtender } from './extender.ts';
import { Status, type Verdict } from './status.ts';
import type { WaitingPod } from './waiting-pods.ts';

export const maxNodeScore = 100;

/** The scheduler's pods: those that have not finished. */
export const podInformerOptions = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' } as const;

/** The plugin has nothing to say of this pod: its Filter or Score is left out. */
export const skip = new Status('Skip');

/** Narrows the nodes to look at. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>;
}

export interface Victims {
  readonly pods: readonly corev1.Pod[];
  readonly numPdbViolations: number;
}

export interface PostFilterResult {
  /** The node to try first next time; empty clears a former nomination; undefined leaves it. */
  readonly nominatedNodeName: string | undefined;
  /** The nodes that preemption could make room on. */
  readonly candidates?: readonly { readonly nodeName: string; readonly victims: Victims }[];
  /** Verdict; undefined is success. */
  readonly status: Verdict;
}

export interface Plugin {
  readonly name: string;
  /** QueueSort: whether the first pod is to be scheduled before the second. */
  less?(a: QueuedPodInfo, b: QueuedPodInfo): boolean;
  /** PreEnqueue: whether the pod may be tried at all. */
  preEnqueue?(pod: corev1.Pod): Verdict;
  /** After which events a pod that this plugin rejected is worth another try. Absent: after any. */
  eventsToRegister?(): readonly ClusterEventWithHint[];

  /**
   * What of a pod Filter and Score look at, when they look at nothing else but the node itself: equal texts, equal verdicts, as long as the
   * node does not change. Absent, or undefined: they look at more than that.
   */
  signPod?(pod: PodInfo): string | undefined;
  preFilter?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict | PreFilterResult;
  /** PreFilter's notes, were `added` on the node as well. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
  postFilter?(
    state: CycleState,
    pod: PodInfo,
    nodeToStatus: NodeToStatus,
  ): PostFilterResult | Process<PostFilterResult>;

  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict;
  /** An integer; in [0, 100], unless `normalizeScore` makes it so. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings the scores of all nodes into [0, 100], in place. */
  normalizeScore?(state: CycleState, pod: PodInfo, scores: Float64Array, nodes: readonly NodeInfo[]): void;

  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  /** Whether the pod may be bound; with the code Wait it is held back until the plugin agrees, `timeoutMs` at most. */
  permit?(state: CycleState, pod: PodInfo, nodeName: string): PermitResult | undefined;
  /** Skip when PreBind has nothing to do. */
  preBindPreFlight?(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Process<Verdict>;
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Process<Verdict>;
  /** The pod is bound: tidies up. */
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
}

export interface PermitResult {
  readonly status: Status;
  /** For the code Wait. */
  readonly timeoutMs?: number;
}

/** The nodes as the scheduler sees them, assumed pods included. */
export interface SharedLister {
  /** Zone by zone in turn. */
  readonly nodeInfos: readonly NodeInfo[];
  nodeInfo(name: string): NodeInfo | undefined;
  /** Whether some node has said which images it has. */
  readonly hasImages: boolean;
  /** `namespace/name` of a claim that a pod on some node uses. */
  isClaimUsed(key: string): boolean;
  /** How many such pods are on each node. */
  podsByNode(question: PodQuestion): Counts;
  /** How many such pods are in each domain of a topology: on nodes, `among` those, that have the label. */
  podsByTopology(question: PodQuestion, topologyKey: string, among?: NodeFilter): Counts;
  /** How many nodes, `among` those, have each value of a label. */
  domains(topologyKey: string, among?: NodeFilter): Counts;
  /** Whether some node does not have a label. */
  lacksLabel(key: string): boolean;
  /** The inter-pod affinity terms of the pods on all nodes. */
  affinityTerms(kind: AffinityKind): Iterable<IndexedTerm>;
}

/** What plugins are made with. */
export interface Handle {
  readonly profileName: string;
  readonly sim: Sim;
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly random: Random;
  readonly recorder: EventRecorder;
  readonly lister: SharedLister;
  readonly extenders: readonly HttpExtender[];
  /** @throws Error when the expression cannot be compiled, or nobody can */
  readonly compileDeviceSelector: CompileDeviceSelector;
  report(error: unknown, what: string): void;
  /** A pod that Permit holds back, by uid. */
  getWaitingPod(uid: string): WaitingPod | undefined;
  waitingPods(): readonly WaitingPod[];
  /** Pods that wait for a node to be cleared for them. */
  nominatedPodsForNode(nodeName: string): readonly PodInfo[];
  /** Tries pods again at once, whatever they wait for. */
  activate(pods: readonly corev1.Pod[]): void;
  runFilterPluginsWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
}
