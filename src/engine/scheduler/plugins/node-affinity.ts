import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import { StateKey } from '../cycle-state.ts';
import { type Plugin, skip } from '../framework.ts';
import {
  NodeSelectorMatcher,
  PreferredSchedulingTerms,
  RequiredNodeAffinity,
} from '../../../api/core/node-affinity.ts';
import { defaultNormalizeScore } from '../normalize-score.ts';
import { Status } from '../status.ts';

const name = 'NodeAffinity';
const notMatch = new Status('UnschedulableAndUnresolvable', "node(s) didn't match Pod's node affinity/selector", name);
const enforced = new Status(
  'UnschedulableAndUnresolvable',
  "node(s) didn't match scheduler-enforced node affinity",
  name,
);
const conflict = new Status('UnschedulableAndUnresolvable', 'pod affinity terms conflict', name);
const preFilterKey = new StateKey<RequiredNodeAffinity>(`PreFilter${name}`);
const preScoreKey = new StateKey<PreferredSchedulingTerms>(`PreScore${name}`);

export interface NodeAffinityArgs {
  /** Holds for all pods of the profile, beside their own. */
  readonly addedAffinity?: corev1.NodeAffinity;
}

/** The nodes that one term names by `metadata.name`; undefined when it does not. */
function nodeNamesOf(term: corev1.NodeSelectorTerm): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (const { key, operator, values } of term.matchFields ?? []) {
    if (key !== 'metadata.name' || operator !== 'In') continue;
    const given = new Set(values);
    names = names ? new Set([...names].filter((value) => given.has(value))) : given;
  }
  return names;
}

/** The nodes that all terms together name; undefined when some term leaves the name open. */
function nodeNamesOfAll(terms: readonly corev1.NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const term of terms) {
    const names = nodeNamesOf(term);
    if (!names) return undefined;
    for (const value of names) all.add(value);
  }
  return all;
}

/** Only nodes that the pod's selector and affinity match; preferred ones first. Upstream: plugins/nodeaffinity/node_affinity.go (v1.36) */
export function newNodeAffinity(args: NodeAffinityArgs): Plugin {
  const required = args.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = args.addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  const added = required ? new NodeSelectorMatcher(required) : undefined;
  const addedPreferred = preferred?.length ? new PreferredSchedulingTerms(preferred) : undefined;
  return {
    name,
    signPod: ({ pod }) => {
      const { affinity, nodeSelector } = pod.spec ?? {};
      if (!affinity?.nodeAffinity && !nodeSelector) return '';
      return JSON.stringify([affinity?.nodeAffinity, nodeSelector]);
    },
    preFilter: (state, { pod }) => {
      const own = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!own && !added && !pod.spec?.nodeSelector) return skip;
      state.write(preFilterKey, new RequiredNodeAffinity(pod));
      if (!own || own.nodeSelectorTerms.length === 0) return undefined;
      const nodeNames = nodeNamesOfAll(own.nodeSelectorTerms);
      if (nodeNames?.size === 0) return conflict;
      return nodeNames && { nodeNames };
    },
    filter: (state, _, { node }) => {
      if (added && !added.matches(node)) return enforced;
      return state.read(preFilterKey).matches(node) ? undefined : notMatch;
    },
    preScore: (state, { pod }) => {
      const own = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      if (!own && !addedPreferred) return skip;
      state.write(preScoreKey, new PreferredSchedulingTerms(own ?? []));
      return undefined;
    },
    score: (state, _, { node }) => (addedPreferred?.score(node) ?? 0) + state.read(preScoreKey).score(node),
    normalizeScore: (_, __, scores) => defaultNormalizeScore(scores, false),
    eventsToRegister: () => [
      onEvent<corev1.Node>('Node', action.add | action.updateNodeLabel, (pod, old, node) => {
        if (!node || (added && !added.matches(node))) return false;
        const affinity = new RequiredNodeAffinity(pod);
        return affinity.matches(node) && (old === undefined || !affinity.matches(old));
      }),
    ],
  };
}
