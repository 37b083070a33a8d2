import type { AffinityTerm } from './affinity-term.ts';
import type { PodInfo } from './pod-info.ts';

export type AffinityKind = 'requiredAffinity' | 'requiredAntiAffinity' | 'preferredAffinity' | 'preferredAntiAffinity';

const kinds: readonly AffinityKind[] = [
  'requiredAffinity',
  'requiredAntiAffinity',
  'preferredAffinity',
  'preferredAntiAffinity',
];

/** One term that pods on nodes have, with the number of those pods by the value of the term's topology label. */
export interface IndexedTerm {
  readonly term: AffinityTerm;
  readonly counts: Map<string, number>;
}

/**
 * The inter-pod affinity terms of all pods on nodes, equal ones together: pods of one template have the same terms, so that an incoming
 * pod is compared with each kind of term once and not with each pod.
 */
export class AffinityIndex {
  readonly #terms: Readonly<Record<AffinityKind, Map<string, IndexedTerm>>> = {
    requiredAffinity: new Map(),
    requiredAntiAffinity: new Map(),
    preferredAffinity: new Map(),
    preferredAntiAffinity: new Map(),
  };

  terms(kind: AffinityKind): Iterable<IndexedTerm> {
    return this.#terms[kind].values();
  }
  /** Counts a pod in (or out) on a node with these labels. */
  update(info: PodInfo, labelOf: (key: string) => string | undefined, by: 1 | -1): void {
    if (!info.hasAffinity) return;
    for (const kind of kinds) {
      for (const term of info.terms[kind]) {
        const value = labelOf(term.topologyKey);
        if (value !== undefined) this.#change(this.#terms[kind], term, value, by);
      }
    }
  }
  #change(terms: Map<string, IndexedTerm>, term: AffinityTerm, value: string, by: 1 | -1): void {
    let indexed = terms.get(term.key);
    if (!indexed) terms.set(term.key, (indexed = { term, counts: new Map() }));
    const next = (indexed.counts.get(value) ?? 0) + by;
    if (next > 0) indexed.counts.set(value, next);
    else indexed.counts.delete(value);
    if (indexed.counts.size === 0) terms.delete(term.key);
  }
}
