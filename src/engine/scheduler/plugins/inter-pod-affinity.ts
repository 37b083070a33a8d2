import type * as corev1 from '../../../api/core/v1.ts';
import { namespaces } from '../../../api/resources.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import type { Indexer } from '../../../client/indexer.ts';
import type { AffinityKind } from '../affinity-index.ts';
import {
  type AffinityTerm,
  affinityTermsOf,
  type NamespaceLabels,
  podMatchesAllAffinityTerms,
} from '../affinity-term.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CloneableState, type CycleState, StateKey } from '../cycle-state.ts';
import { type Handle, maxNodeScore, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { nodeLabel } from '../node-labels.ts';
import type { PodInfo } from '../pod-info.ts';
import type { NamespaceSet } from '../pod-counts.ts';
import { Status, type Verdict } from '../status.ts';
import { TopologyCounts } from '../topology-counts.ts';

const name = 'InterPodAffinity';
const affinityNotMatch = new Status('UnschedulableAndUnresolvable', "node(s) didn't match pod affinity rules", name);
const antiAffinityNotMatch = new Status('Unschedulable', "node(s) didn't match pod anti-affinity rules", name);
const existingNotMatch = new Status('Unschedulable', "node(s) didn't satisfy existing pods anti-affinity rules", name);
const preFilterKey = new StateKey<AffinityState>(`PreFilter${name}`);
const preScoreKey = new StateKey<TopologyCounts>(`PreScore${name}`);

const maxKnownTerms = 512;

export interface InterPodAffinityArgs {
  /** What a pod's required affinity towards the incoming pod adds to a node's score. Default 1. */
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/** How many pods stand for or against the incoming pod, by topology. Upstream: filtering.go preFilterState (v1.36) */
class AffinityState implements CloneableState {
  readonly pod: PodInfo;
  readonly #labelsOf: NamespaceLabels;
  readonly existingAntiAffinity: TopologyCounts;
  readonly affinity: TopologyCounts;
  readonly antiAffinity: TopologyCounts;

  constructor(pod: PodInfo, labelsOf: NamespaceLabels, from?: AffinityState) {
    this.pod = pod;
    this.#labelsOf = labelsOf;
    this.existingAntiAffinity = from?.existingAntiAffinity.clone() ?? new TopologyCounts();
    this.affinity = from?.affinity.clone() ?? new TopologyCounts();
    this.antiAffinity = from?.antiAffinity.clone() ?? new TopologyCounts();
  }
  clone(): AffinityState {
    return new AffinityState(this.pod, this.#labelsOf, this);
  }
  /** Counts what a pod on a node demands of the incoming pod. */
  addExisting(existing: PodInfo, node: corev1.Node, amount: number): void {
    for (const term of existing.terms.requiredAntiAffinity) {
      if (term.matches(this.pod.pod, this.#labelsOf)) this.existingAntiAffinity.add(node, term.topologyKey, amount);
    }
  }
  /** Counts what the incoming pod demands and finds in a pod on a node. */
  addIncoming(existing: PodInfo, node: corev1.Node, amount: number): void {
    this.addAffinity(existing.pod, node, amount);
    for (const term of this.pod.terms.requiredAntiAffinity) {
      if (term.matches(existing.pod, this.#labelsOf)) this.antiAffinity.add(node, term.topologyKey, amount);
    }
  }
  addAffinity(existing: corev1.Pod, node: corev1.Node, amount: number): void {
    const { requiredAffinity } = this.pod.terms;
    if (!podMatchesAllAffinityTerms(requiredAffinity, existing, this.#labelsOf)) return;
    for (const term of requiredAffinity) this.affinity.add(node, term.topologyKey, amount);
  }
  update(existing: PodInfo, node: corev1.Node, amount: number): void {
    this.addExisting(existing, node, amount);
    this.addIncoming(existing, node, amount);
  }
  /** The first pod of a group that wants to be with itself may go anywhere. Upstream: satisfyPodAffinity */
  satisfiesAffinity(node: corev1.Node): boolean {
    const terms = this.pod.terms.requiredAffinity;
    let podsExist = true;
    for (const { topologyKey } of terms) {
      if (nodeLabel(node, topologyKey) === undefined) return false;
      if (this.affinity.get(node, topologyKey) <= 0) podsExist = false;
    }
    return podsExist || (this.affinity.isEmpty && podMatchesAllAffinityTerms(terms, this.pod.pod, this.#labelsOf));
  }
  satisfiesAntiAffinity(node: corev1.Node): boolean {
    if (!this.antiAffinity.hasParts) return true;
    return this.pod.terms.requiredAntiAffinity.every((term) => this.antiAffinity.get(node, term.topologyKey) <= 0);
  }
}

/** Puts pods near or far from other pods. Upstream: plugins/interpodaffinity (v1.36) */
class InterPodAffinity implements Plugin {
  readonly name = name;
  readonly #handle: Handle;
  readonly #hardWeight: number;
  readonly #ignoreExisting: boolean;
  readonly #namespaces: Indexer<corev1.Namespace>;
  readonly #labelsOf: NamespaceLabels;
  /** By a term's key, until namespaces change. */
  readonly #namespacesOfTerms = new Map<string, NamespaceSet>();

  constructor(args: InterPodAffinityArgs, handle: Handle) {
    this.#handle = handle;
    this.#hardWeight = args.hardPodAffinityWeight ?? 1;
    this.#ignoreExisting = args.ignorePreferredTermsOfExistingPods ?? false;
    const informer = handle.informers.informer(namespaces);
    const forget = () => this.#namespacesOfTerms.clear();
    informer.addEventHandler({ add: forget, update: forget, delete: forget });
    this.#namespaces = informer.store;
    this.#labelsOf = (namespace) => this.#namespaces.get(namespace)?.metadata.labels;
  }

  preFilter(state: CycleState, pod: PodInfo): Verdict {
    const { lister } = this.#handle;
    const affinity = new AffinityState(pod, this.#labelsOf);
    for (const { term, counts } of lister.affinityTerms('requiredAntiAffinity')) {
      if (term.matches(pod.pod, this.#labelsOf)) affinity.existingAntiAffinity.addAll(term.topologyKey, counts);
    }
    const { requiredAffinity, requiredAntiAffinity } = pod.terms;
    if (requiredAffinity.length === 0 && requiredAntiAffinity.length === 0) {
      if (!affinity.existingAntiAffinity.hasParts) return skip;
    }
    const [onlyTerm] = requiredAffinity;
    if (requiredAffinity.length === 1 && onlyTerm) this.#countMatching(affinity.affinity, onlyTerm, 1);
    else if (onlyTerm) {
      for (const { node, pods } of lister.nodeInfos)
        for (const { pod: other } of pods) affinity.addAffinity(other, node, 1);
    }
    for (const term of requiredAntiAffinity) this.#countMatching(affinity.antiAffinity, term, 1);
    state.write(preFilterKey, affinity);
    return undefined;
  }
  /** Counts the pods on all nodes that a term matches. */
  #countMatching(into: TopologyCounts, term: AffinityTerm, factor: number): void {
    const question = { namespaces: this.#namespacesOf(term), selector: term.selector, withDeleted: true };
    into.addAll(term.topologyKey, this.#handle.lister.podsByTopology(question, term.topologyKey), factor);
  }
  #namespacesOf(term: AffinityTerm): NamespaceSet {
    const known = this.#namespacesOfTerms.get(term.key);
    if (known) return known;
    const names = new Set(term.namespaces);
    if (!term.namespaceSelector.matchesNothing) {
      for (const { metadata } of this.#namespaces.list())
        if (term.namespaceSelector.matches(metadata.labels)) names.add(metadata.name ?? '');
    }
    const found = { key: [...names].sort(compareStrings).join(), names: [...names] };
    if (this.#namespacesOfTerms.size >= maxKnownTerms) this.#namespacesOfTerms.clear();
    this.#namespacesOfTerms.set(term.key, found);
    return found;
  }
  addPod(state: CycleState, _: PodInfo, added: PodInfo, node: NodeInfo): void {
    state.tryRead(preFilterKey)?.update(added, node.node, 1);
  }
  removePod(state: CycleState, _: PodInfo, removed: PodInfo, node: NodeInfo): void {
    state.tryRead(preFilterKey)?.update(removed, node.node, -1);
  }
  filter(state: CycleState, _: PodInfo, { node }: NodeInfo): Verdict {
    const affinity = state.read(preFilterKey);
    if (!affinity.satisfiesAffinity(node)) return affinityNotMatch;
    if (!affinity.satisfiesAntiAffinity(node)) return antiAffinityNotMatch;
    return affinity.existingAntiAffinity.hasAny(node) ? existingNotMatch : undefined;
  }

  preScore(state: CycleState, pod: PodInfo): Verdict {
    const { preferredAffinity, preferredAntiAffinity } = pod.terms;
    const hasConstraints = preferredAffinity.length > 0 || preferredAntiAffinity.length > 0;
    if (this.#ignoreExisting && !hasConstraints) return skip;
    const counts = new TopologyCounts();
    for (const term of preferredAffinity) this.#countMatching(counts, term, term.weight);
    for (const term of preferredAntiAffinity) this.#countMatching(counts, term, -term.weight);
    const existing = (kind: AffinityKind, factor: (term: AffinityTerm) => number) => {
      for (const { term, counts: found } of this.#handle.lister.affinityTerms(kind)) {
        if (term.matches(pod.pod, this.#labelsOf)) counts.addAll(term.topologyKey, found, factor(term));
      }
    };
    if (this.#hardWeight > 0) existing('requiredAffinity', () => this.#hardWeight);
    existing('preferredAffinity', (term) => term.weight);
    existing('preferredAntiAffinity', (term) => -term.weight);
    if (!counts.hasParts) return skip;
    state.write(preScoreKey, counts);
    return undefined;
  }
  score(state: CycleState, _: PodInfo, { node }: NodeInfo): number {
    return state.read(preScoreKey).sum(node);
  }
  normalizeScore(_state: CycleState, _pod: PodInfo, scores: Float64Array): void {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const score of scores) {
      if (score < least) least = score;
      if (score > most) most = score;
    }
    const range = most - least;
    for (let i = 0; i < scores.length; i++) {
      scores[i] = range > 0 ? Math.trunc(maxNodeScore * (((scores[i] as number) - least) / range)) : 0;
    }
  }

  eventsToRegister() {
    return [
      onEvent<corev1.Pod>('Pod', action.add | action.updatePodLabel | action.delete, afterPodChange),
      onEvent<corev1.Node>('Node', action.add | action.updateNodeLabel, afterNodeChange),
    ];
  }
}

const noLabels: NamespaceLabels = () => undefined;
const isPlaced = (pod: corev1.Pod) => !!pod.spec?.nodeName || !!pod.status?.nominatedNodeName;

/** Upstream: plugin.go isSchedulableAfterPodChange (v1.36) */
function afterPodChange(pod: corev1.Pod, old: corev1.Pod | undefined, updated: corev1.Pod | undefined): boolean {
  if (old && updated && pod.metadata.uid === updated.metadata.uid) return true;
  if ((updated && !isPlaced(updated)) || (old && !isPlaced(old))) return false;
  const { requiredAffinity, requiredAntiAffinity } = affinityTermsOf(pod);
  const wants = (other: corev1.Pod) => podMatchesAllAffinityTerms(requiredAffinity, other, noLabels);
  const shuns = (other: corev1.Pod) => podMatchesAllAffinityTerms(requiredAntiAffinity, other, noLabels);
  if (old && updated) return (!wants(old) && wants(updated)) || (shuns(old) && !shuns(updated));
  if (updated) return wants(updated);
  if (!old) return false;
  return shuns(old) || podMatchesAllAffinityTerms(affinityTermsOf(old).requiredAntiAffinity, pod, noLabels);
}

/** Upstream: plugin.go isSchedulableAfterNodeChange (v1.36) */
function afterNodeChange(pod: corev1.Pod, old: corev1.Node | undefined, node: corev1.Node | undefined): boolean {
  if (!node) return false;
  const { requiredAffinity, requiredAntiAffinity } = affinityTermsOf(pod);
  if (!old) {
    return (
      requiredAntiAffinity.length > 0 || requiredAffinity.some((t) => nodeLabel(node, t.topologyKey) !== undefined)
    );
  }
  const change = ({ topologyKey }: AffinityTerm) =>
    [nodeLabel(old, topologyKey), nodeLabel(node, topologyKey)] as const;
  const isMoved = ([before, after]: readonly [string | undefined, string | undefined]) => before !== after;
  return (
    requiredAffinity.map(change).some(([before, after]) => after !== undefined && isMoved([before, after])) ||
    requiredAntiAffinity.map(change).some(([before, after]) => before !== undefined && isMoved([before, after]))
  );
}

export const newInterPodAffinity = (args: InterPodAffinityArgs, handle: Handle): Plugin =>
  new InterPodAffinity(args, handle);
