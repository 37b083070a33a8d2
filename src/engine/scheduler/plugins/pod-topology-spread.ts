import type * as corev1 from '../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../apimachinery/deep-equal.ts';
import { action, onEvent } from '../cluster-event.ts';
import { type CycleState, StateKey } from '../cycle-state.ts';
import { newDefaultSelector } from '../default-selector.ts';
import { type Handle, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { hostnameLabel, nodeLabel } from '../node-labels.ts';
import type { PodInfo } from '../pod-info.ts';
import { Status, type Verdict } from '../status.ts';
import {
  filterTopologySpreadConstraints,
  nodeLabelsMatchSpreadConstraints,
  type SpreadConstraint,
} from '../topology-spread.ts';
import { newSpreadState, type SpreadState } from '../topology-spread-filter.ts';
import { newSpreadScores, type SpreadScores } from '../topology-spread-score.ts';

const name = 'PodTopologySpread';
const noMatchText = "node(s) didn't match pod topology spread constraints";
const noMatch = new Status('Unschedulable', noMatchText, name);
const missingLabel = new Status('UnschedulableAndUnresolvable', `${noMatchText} (missing required label)`, name);
const preFilterKey = new StateKey<SpreadState>(`PreFilter${name}`);
const preScoreKey = new StateKey<SpreadScores>(`PreScore${name}`);

export interface PodTopologySpreadArgs {
  /** For pods without constraints of their own; their selector is the pod's services' and controller's. */
  readonly defaultConstraints?: readonly corev1.TopologySpreadConstraint[];
  /** `System`, the default: spread softly over nodes and zones. */
  readonly defaultingType?: 'System' | 'List';
}

const systemDefaultConstraints: readonly corev1.TopologySpreadConstraint[] = [
  { topologyKey: hostnameLabel, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

/** Stands for the pod where constraints do not look at it. */
const nobody: corev1.Pod = { metadata: {} };

/** Spreads pods of a kind over nodes, zones or whatever labels say. Upstream: plugins/podtopologyspread (v1.36) */
class PodTopologySpread implements Plugin {
  readonly name = name;
  readonly #handle: Handle;
  readonly #isSystemDefaulted: boolean;
  /** By what they do; their selector is the pod's kin's. */
  readonly #defaults: Readonly<Record<'DoNotSchedule' | 'ScheduleAnyway', readonly SpreadConstraint[]>>;
  readonly #defaultSelector: ReturnType<typeof newDefaultSelector> | undefined;

  constructor(args: PodTopologySpreadArgs, handle: Handle) {
    this.#handle = handle;
    this.#isSystemDefaulted = (args.defaultingType ?? 'System') === 'System';
    const defaults = this.#isSystemDefaulted ? systemDefaultConstraints : (args.defaultConstraints ?? []);
    this.#defaults = {
      DoNotSchedule: filterTopologySpreadConstraints(defaults, nobody, 'DoNotSchedule'),
      ScheduleAnyway: filterTopologySpreadConstraints(defaults, nobody, 'ScheduleAnyway'),
    };
    if (defaults.length > 0) this.#defaultSelector = newDefaultSelector(handle.informers);
  }

  preFilter(state: CycleState, { pod }: PodInfo): Verdict {
    const constraints = this.#constraints(pod, 'DoNotSchedule');
    if (constraints.length === 0) return skip;
    state.write(preFilterKey, newSpreadState(constraints, pod, this.#handle.lister));
    return undefined;
  }
  addPod(state: CycleState, { pod }: PodInfo, added: PodInfo, node: NodeInfo): void {
    state.tryRead(preFilterKey)?.update(pod, added.pod, node.node, 1);
  }
  removePod(state: CycleState, { pod }: PodInfo, removed: PodInfo, node: NodeInfo): void {
    state.tryRead(preFilterKey)?.update(pod, removed.pod, node.node, -1);
  }
  filter(state: CycleState, _: PodInfo, node: NodeInfo): Verdict {
    const spread = state.read(preFilterKey);
    for (let i = 0; i < spread.constraints.length; i++) {
      const constraint = spread.constraints[i] as SpreadConstraint;
      const value = node.label(constraint.topologyKey);
      if (value === undefined) return missingLabel;
      const self = spread.selfMatches[i] as number;
      if (spread.matchNum(i, value) + self - spread.minMatchNum(i) > constraint.maxSkew) return noMatch;
    }
    return undefined;
  }

  preScore(state: CycleState, { pod }: PodInfo, nodes: readonly NodeInfo[]): Verdict {
    const constraints = this.#constraints(pod, 'ScheduleAnyway');
    if (constraints.length === 0) return skip;
    const requireAll = !!pod.spec?.topologySpreadConstraints?.length || !this.#isSystemDefaulted;
    state.write(preScoreKey, newSpreadScores(constraints, pod, nodes, this.#handle.lister, requireAll));
    return undefined;
  }
  score(state: CycleState, _: PodInfo, node: NodeInfo): number {
    return state.read(preScoreKey).score(node);
  }
  normalizeScore(state: CycleState, _: PodInfo, scores: Float64Array, nodes: readonly NodeInfo[]): void {
    state.read(preScoreKey).normalize(scores, nodes);
  }

  eventsToRegister() {
    const podChanges = action.add | action.updatePodLabel | action.updatePodToleration | action.delete;
    const nodeChanges = action.add | action.delete | action.updateNodeLabel | action.updateNodeTaint;
    return [
      onEvent<corev1.Pod>('Pod', podChanges, (pod, old, updated) => this.#afterPodChange(pod, old, updated)),
      onEvent<corev1.Node>('Node', nodeChanges, (pod, old, updated) => this.#afterNodeChange(pod, old, updated)),
    ];
  }
  #afterPodChange(pod: corev1.Pod, old: corev1.Pod | undefined, updated: corev1.Pod | undefined): boolean {
    if ((updated && !isInvolved(updated, pod)) || (old && !isInvolved(old, pod))) return false;
    const constraints = this.#constraints(pod, 'DoNotSchedule');
    const matches = (other: corev1.Pod) => constraints.map((c) => c.selector.matches(other.metadata.labels));
    if (!old || !updated) return matches((old ?? updated) as corev1.Pod).includes(true);
    const isSelf = pod.metadata.uid === updated.metadata.uid;
    const newTolerations = !semanticDeepEqual(old.spec?.tolerations, updated.spec?.tolerations);
    if (isSelf && newTolerations && constraints.some((c) => c.honorsTaints)) return true;
    const before = matches(old);
    return matches(updated).some((match, i) => match !== before[i]);
  }
  #afterNodeChange(pod: corev1.Pod, old: corev1.Node | undefined, updated: corev1.Node | undefined): boolean {
    const constraints = this.#constraints(pod, 'DoNotSchedule');
    const matches = (node: corev1.Node | undefined) =>
      node !== undefined && nodeLabelsMatchSpreadConstraints(node, constraints);
    if (!old || !updated) return matches(old ?? updated);
    if (matches(old) !== matches(updated)) return true;
    if (!matches(updated)) return false;
    const moved = constraints.some((c) => nodeLabel(old, c.topologyKey) !== nodeLabel(updated, c.topologyKey));
    return moved || !semanticDeepEqual(old.spec?.taints, updated.spec?.taints);
  }

  #constraints(pod: corev1.Pod, action: 'DoNotSchedule' | 'ScheduleAnyway'): readonly SpreadConstraint[] {
    const own = pod.spec?.topologySpreadConstraints ?? [];
    if (own.length > 0) return filterTopologySpreadConstraints(own, pod, action);
    const constraints = this.#defaults[action];
    if (constraints.length === 0 || !this.#defaultSelector) return [];
    const selector = this.#defaultSelector(pod);
    return selector.isEmpty ? [] : constraints.map((constraint) => ({ ...constraint, selector }));
  }
}

/** Whether a change of `other` can matter to the spreading of `pod`. Upstream: involvedInTopologySpreading */
function isInvolved(other: corev1.Pod, pod: corev1.Pod): boolean {
  if (other.metadata.uid === pod.metadata.uid) return true;
  if (!other.spec?.nodeName && !other.status?.nominatedNodeName) return false;
  return other.metadata.namespace === pod.metadata.namespace;
}

export const newPodTopologySpread = (args: PodTopologySpreadArgs, handle: Handle): Plugin =>
  new PodTopologySpread(args, handle);
