import * as field from './field-error.ts';
import type { FieldError, Path } from './field-error.ts';
import { compareStrings, quote } from './go-format.ts';
import { parseRequirements } from './label-selector-parser.ts';
import { isQualifiedName, isValidLabelValue } from './validation.ts';

/** The labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** How a requirement relates key and values. */
export type Operator = '!' | '=' | '==' | 'in' | '!=' | 'notin' | 'exists' | 'gt' | 'lt';

/** `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** A selector that cannot be: its message is upstream's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const operators: readonly string[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt', 'exists', '!'];
const signs: Readonly<Record<Operator, string>> = {
  '!': '',
  exists: '',
  '=': '=',
  '==': '==',
  '!=': '!=',
  in: ' in ',
  notin: ' notin ',
  gt: '>',
  lt: '<',
};

/** One condition on one label. */
export class Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];

  constructor(key: string, operator: Operator, values: readonly string[]) {
    this.key = key;
    this.operator = operator;
    this.values = values;
  }

  matches(labels: Labels | undefined): boolean {
    const value = labels !== undefined && Object.hasOwn(labels, this.key) ? labels[this.key] : undefined;
    switch (this.operator) {
      case 'in':
      case '=':
      case '==':
        return value !== undefined && this.values.includes(value);
      case 'notin':
      case '!=':
        return value === undefined || !this.values.includes(value);
      case 'exists':
        return value !== undefined;
      case '!':
        return value === undefined;
      default:
        return value !== undefined && this.#compares(value);
    }
  }

  toString(): string {
    if (this.operator === '!') return `!${this.key}`;
    if (this.operator === 'exists') return this.key;
    const values = [...this.values].sort(compareStrings).join(',');
    const isSet = this.operator === 'in' || this.operator === 'notin';
    return `${this.key}${signs[this.operator]}${isSet ? `(${values})` : values}`;
  }

  #compares(value: string): boolean {
    const [bound] = this.values;
    if (bound === undefined || !isInt64(value) || !isInt64(bound)) return false;
    return this.operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
  }
}

function isInt64(text: string): boolean {
  if (!/^[-+]?[0-9]+$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value;
}

/** A condition on labels. Immutable. */
export class Selector {
  /** Sorted by key; all must hold. */
  readonly requirements: readonly Requirement[];
  readonly #matchesNothing: boolean;

  constructor(requirements: readonly Requirement[], matchesNothing = false) {
    this.requirements = [...requirements].sort((a, b) => compareStrings(a.key, b.key));
    this.#matchesNothing = matchesNothing;
  }

  /** Whether it holds for everything. */
  get isEmpty(): boolean {
    return this.requirements.length === 0 && !this.#matchesNothing;
  }

  /** Whether it holds for nothing, by construction. */
  get matchesNothing(): boolean {
    return this.#matchesNothing;
  }

  matches(labels: Labels | undefined): boolean {
    if (this.#matchesNothing) return false;
    for (const requirement of this.requirements) if (!requirement.matches(labels)) return false;
    return true;
  }

  /** A selector that asks for more. Nothing stays nothing. */
  add(...requirements: readonly Requirement[]): Selector {
    return this.#matchesNothing ? this : new Selector([...this.requirements, ...requirements]);
  }

  /** The only value of a label the selector allows, if it names one. */
  requiresExactMatch(label: string): string | undefined {
    const first = this.requirements.find((requirement) => requirement.key === label);
    if (first === undefined || !['=', '==', 'in'].includes(first.operator)) return undefined;
    return first.values.length === 1 ? first.values[0] : undefined;
  }

  toString(): string {
    return this.requirements.join(',');
  }
}

/** The selector that holds for everything. */
export function everything(): Selector {
  return new Selector([]);
}

/** The selector that holds for nothing. */
export function nothing(): Selector {
  return new Selector([], true);
}

function valueErrors(operator: string, values: readonly string[], path: Path): FieldError[] {
  const wrong = (detail: string): FieldError[] => [field.invalid(path, values, detail)];
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0 ? [] : wrong("for 'in', 'notin' operators, values set can't be empty");
    case '=':
    case '==':
    case '!=':
      return values.length === 1 ? [] : wrong('exact-match compatibility requires one single value');
    case 'exists':
    case '!':
      return values.length === 0 ? [] : wrong('values set must be empty for exists and does not exist');
    default:
      return [
        ...(values.length === 1 ? [] : wrong("for 'Gt', 'Lt' operators, exactly one value is required")),
        ...values.flatMap((value, i) =>
          isInt64(value)
            ? []
            : [field.invalid(path.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer")],
        ),
      ];
  }
}

function isOperator(operator: string): operator is Operator {
  return operators.includes(operator);
}

/**
 * A requirement, checked.
 *
 * @throws SelectorError with all complaints
 *
 * Upstream: apimachinery/pkg/labels/selector.go NewRequirement (v1.36)
 */
export function newRequirement(key: string, operator: string, values: readonly string[], path?: Path): Requirement {
  const child = (name: string): Path => path?.child(name) ?? field.newPath(name);
  const valuePath = child('values');
  const errors: FieldError[] = [];
  const keyErrors = isQualifiedName(key);
  if (keyErrors.length > 0) errors.push(field.invalid(child('key'), key, keyErrors.join('; ')));
  if (isOperator(operator)) errors.push(...valueErrors(operator, values, valuePath));
  else errors.push(field.notSupported(child('operator'), operator, operators));
  values.forEach((value, i) => {
    const complaints = isValidLabelValue(value);
    if (complaints.length > 0) errors.push(field.invalid(valuePath.index(i).key(key), value, complaints.join('; ')));
  });
  if (errors.length > 0 || !isOperator(operator)) throw new SelectorError(field.toAggregate(errors));
  return new Requirement(key, operator, values);
}

/**
 * Reads a selector as `?labelSelector=` and `kubectl -l` take it.
 *
 * @throws SelectorError with upstream's message
 *
 * Upstream: apimachinery/pkg/labels/selector.go Parse (v1.36)
 */
export function parseSelector(text: string, path?: Path): Selector {
  const requirements = parseRequirements(text, {
    checkKey(key) {
      const complaints = isQualifiedName(key);
      return complaints.length === 0 ? undefined : field.errorText(field.invalid(path, key, complaints.join('; ')));
    },
    create: (key, operator, values) => newRequirement(key, operator, values, path),
    fail: (message) => new SelectorError(message),
  });
  return new Selector(requirements);
}

/** The selector that holds for objects with all the given labels; not checked. */
export function selectorFromSet(labels: Labels | undefined): Selector {
  return new Selector(Object.entries(labels ?? {}).map(([key, value]) => new Requirement(key, '=', [value])));
}

const expressionOperators: Readonly<Record<string, Operator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/**
 * The selector a `metav1.LabelSelector` stands for: nothing when it is absent, everything when it is empty.
 *
 * @throws SelectorError
 *
 * Upstream: apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector (v1.36)
 */
export function labelSelectorAsSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing();
  const requirements = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, value]) => newRequirement(key, '=', [value]));
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(expressionOperators, operator) ? expressionOperators[operator] : undefined;
    if (known === undefined) throw new SelectorError(`${quote(operator)} is not a valid label selector operator`);
    requirements.push(newRequirement(key, known, values));
  }
  return new Selector(requirements);
}

/** The text of a `metav1.LabelSelector`: `<none>` when empty, `<error>` when wrong. Upstream: FormatLabelSelector */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  try {
    return labelSelectorAsSelector(selector).toString() || '<none>';
  } catch (error) {
    if (error instanceof SelectorError) return '<error>';
    throw error;
  }
}

/** `a=b,c=d`, sorted by key; empty when there are none. Upstream: labels.Set.String */
export function labelsToString(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort(compareStrings)
    .join(',');
}

/** `a=b,c=d`, sorted by key; `<none>` when there are none. Upstream: labels.FormatLabels */
export function formatLabels(labels: Labels | undefined): string {
  return labelsToString(labels) || '<none>';
}

const requirementOperators: Readonly<Record<string, string>> = {
  in: 'In',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

/**
 * Reads a selector text into a `metav1.LabelSelector`.
 *
 * @throws SelectorError
 *
 * Upstream: apimachinery/pkg/apis/meta/v1/helpers.go ParseToLabelSelector (v1.36)
 */
export function parseToLabelSelector(text: string): LabelSelector {
  const matchLabels = new Map<string, string>();
  const matchExpressions: { key: string; operator: string; values: readonly string[] }[] = [];
  for (const { key, operator, values } of parseOrExplain(text).requirements) {
    const expression = requirementOperators[operator];
    if (operator === '=' || operator === '==') matchLabels.set(key, values[0] ?? '');
    else if (operator === 'gt' || operator === 'lt') {
      throw new SelectorError(`${quote(operator)} isn't supported in label selectors`);
    } else if (expression === undefined) {
      throw new SelectorError(`${quote(operator)} is not a valid label selector operator`);
    } else matchExpressions.push({ key, operator: expression, values });
  }
  return { matchLabels: Object.fromEntries(matchLabels), matchExpressions };
}

function parseOrExplain(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new SelectorError(`couldn't parse the selector string "${text}": ${error.message}`);
  }
}
