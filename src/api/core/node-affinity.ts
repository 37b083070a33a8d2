import type * as corev1 from './v1.ts';
import { newRequirement, type Operator, Selector, selectorFromSet } from '../../apimachinery/labels.ts';

const operators: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** A term that cannot be parsed matches nothing. */
interface Term {
  readonly labels: Selector | undefined;
  readonly fields: readonly corev1.NodeSelectorRequirement[];
  readonly isBroken: boolean;
}

function parseLabels(expressions: readonly corev1.NodeSelectorRequirement[]): Selector | undefined {
  try {
    return new Selector(
      expressions.map(({ key, operator, values }) =>
        newRequirement(key, operators[operator] ?? operator, values ?? []),
      ),
    );
  } catch {
    // Validation lets Gt and Lt with values that are no integers pass; such a term matches nothing.
    return undefined;
  }
}

function parseTerm(term: corev1.NodeSelectorTerm): Term {
  const expressions = term.matchExpressions ?? [];
  const labels = expressions.length > 0 ? parseLabels(expressions) : undefined;
  const fields = term.matchFields ?? [];
  const fieldsBroken = fields.some(
    ({ operator, values }) => (operator !== 'In' && operator !== 'NotIn') || values?.length !== 1,
  );
  return { labels, fields, isBroken: (expressions.length > 0 && !labels) || fieldsBroken };
}

const isEmptyTerm = (term: corev1.NodeSelectorTerm) => !term.matchExpressions?.length && !term.matchFields?.length;

function matchesFields(fields: Term['fields'], node: corev1.Node): boolean {
  for (const { key, operator, values } of fields) {
    const value = key === 'metadata.name' ? (node.metadata.name ?? '') : '';
    if ((value === values?.[0]) !== (operator === 'In')) return false;
  }
  return true;
}

const matchesTerm = (term: Term, node: corev1.Node): boolean =>
  !term.isBroken &&
  (term.labels === undefined || term.labels.matches(node.metadata.labels)) &&
  matchesFields(term.fields, node);

/**
 * Terms of which one must hold; with no term nothing matches.
 *
 * Upstream: component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go NodeSelector (v1.36)
 */
export class NodeSelectorMatcher {
  readonly #terms: readonly Term[];
  constructor(selector: corev1.NodeSelector) {
    this.#terms = selector.nodeSelectorTerms.filter((term) => !isEmptyTerm(term)).map(parseTerm);
  }
  matches(node: corev1.Node): boolean {
    for (const term of this.#terms) if (matchesTerm(term, node)) return true;
    return false;
  }
}

/** A pod's nodeSelector and required node affinity. Upstream: nodeaffinity.go RequiredNodeAffinity (v1.36) */
export class RequiredNodeAffinity {
  readonly #labels: Selector | undefined;
  readonly #terms: NodeSelectorMatcher | undefined;
  /** Of a pod, or of a template of pods. */
  constructor({ spec }: { readonly spec?: corev1.PodSpec }) {
    const { nodeSelector, affinity } = spec ?? {};
    if (nodeSelector && Object.keys(nodeSelector).length > 0) this.#labels = selectorFromSet(nodeSelector);
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (required) this.#terms = new NodeSelectorMatcher(required);
  }
  /** The pod does not care. */
  get matchesAll(): boolean {
    return this.#labels === undefined && this.#terms === undefined;
  }
  matches(node: corev1.Node): boolean {
    if (this.#labels && !this.#labels.matches(node.metadata.labels)) return false;
    return this.#terms === undefined || this.#terms.matches(node);
  }
}

/** Preferred terms, each with its weight. Upstream: nodeaffinity.go PreferredSchedulingTerms (v1.36) */
export class PreferredSchedulingTerms {
  readonly #terms: readonly { readonly term: Term; readonly weight: number }[];
  constructor(terms: readonly corev1.PreferredSchedulingTerm[]) {
    this.#terms = terms
      .filter(({ weight, preference }) => weight !== 0 && !isEmptyTerm(preference))
      .map(({ weight, preference }) => ({ term: parseTerm(preference), weight }));
  }
  /** The weights of those that hold, added up. */
  score(node: corev1.Node): number {
    let score = 0;
    for (const { term, weight } of this.#terms) if (matchesTerm(term, node)) score += weight;
    return score;
  }
}
