import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { type Labels, labelSelectorAsSelector, type Selector } from '../../apimachinery/labels.ts';

export type NamespaceLabels = (namespace: string) => Labels | undefined;

/** A pod affinity term made ready. Upstream: kube-scheduler/framework/types.go AffinityTerm (v1.36) */
export class AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly selector: Selector;
  readonly topologyKey: string;
  readonly namespaceSelector: Selector;
  readonly weight: number;
  /** Equal for terms that say the same. */
  readonly key: string;

  constructor(pod: corev1.Pod, term: corev1.PodAffinityTerm, weight = 0) {
    const own = !term.namespaces?.length && term.namespaceSelector === undefined;
    this.namespaces = new Set(own ? [pod.metadata.namespace ?? ''] : (term.namespaces ?? []));
    this.selector = labelSelectorAsSelector(term.labelSelector);
    this.namespaceSelector = labelSelectorAsSelector(term.namespaceSelector);
    this.topologyKey = term.topologyKey;
    this.weight = weight;
    this.key = JSON.stringify([
      [...this.namespaces].sort(compareStrings),
      `${this.selector}${this.selector.matchesNothing}`,
      `${this.namespaceSelector}${this.namespaceSelector.matchesNothing}`,
      term.topologyKey,
      weight,
    ]);
  }

  /** `labelsOf` gives the labels of a namespace. */
  matches(pod: corev1.Pod, labelsOf: NamespaceLabels): boolean {
    const namespace = pod.metadata.namespace ?? '';
    if (!this.namespaces.has(namespace)) {
      if (this.namespaceSelector.matchesNothing || !this.namespaceSelector.matches(labelsOf(namespace))) return false;
    }
    return this.selector.matches(pod.metadata.labels);
  }
}

const noTerms: readonly AffinityTerm[] = [];

const required = (pod: corev1.Pod, terms: readonly corev1.PodAffinityTerm[] | undefined) =>
  terms?.length ? terms.map((term) => new AffinityTerm(pod, term)) : noTerms;

const preferred = (pod: corev1.Pod, terms: readonly corev1.WeightedPodAffinityTerm[] | undefined) =>
  terms?.length ? terms.map(({ podAffinityTerm, weight }) => new AffinityTerm(pod, podAffinityTerm, weight)) : noTerms;

export interface AffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const none: AffinityTerms = {
  requiredAffinity: noTerms,
  requiredAntiAffinity: noTerms,
  preferredAffinity: noTerms,
  preferredAntiAffinity: noTerms,
};

/** A pod's inter-pod affinity. @throws SelectorError */
export function affinityTermsOf(pod: corev1.Pod): AffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return none;
  return {
    requiredAffinity: required(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(pod, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(pod, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** Whether a pod matches all terms; with none it does not. Upstream: interpodaffinity/filtering.go podMatchesAllAffinityTerms */
export function podMatchesAllAffinityTerms(
  terms: readonly AffinityTerm[],
  pod: corev1.Pod,
  labelsOf: NamespaceLabels,
): boolean {
  if (terms.length === 0) return false;
  for (const term of terms) if (!term.matches(pod, labelsOf)) return false;
  return true;
}
