/** How much an expression may cost at most, by its text and the sizes that a schema allows. Upstream: github.com/google/cel-go/checker/cost.go */
import type { Expr } from '../ast.ts';
import type { Checked } from '../checker.ts';
import type { CelType } from '../cel-type.ts';
import { estimateCallCost, type CallEstimate, type CostArgument, type EstimatedCall } from './call-estimates.ts';
import {
  accumulator,
  costTree,
  type BindNode,
  type CalledOverload,
  type CallNode,
  type CostNode,
  type ListNode,
  type LoopNode,
  type MapNode,
} from './cost-tree.ts';
import {
  fixed,
  listCreateCost,
  mapCreateCost,
  multiply,
  one,
  regexLengthFactor,
  scale,
  stringTraversalFactor,
  structCreateCost,
  sum,
  unbounded,
  union,
  unknownSize,
  zero,
  type Estimate,
} from './estimate.ts';

/** The size of what is at a path: a variable, then fields, `@items`, `@keys` and `@values`. */
export type SizeEstimator = (path: readonly string[]) => Estimate | undefined;

/** The cost of a checked expression. */
export function estimateCost(expr: Expr, checked: Checked, sizeAt: SizeEstimator): Estimate {
  return new Coster(sizeAt).cost(costTree(expr, checked));
}

/** Sizes of what a list or map holds. */
interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Estimate;
  readonly value: Estimate;
}

interface Local {
  readonly path: readonly string[];
  readonly size: Estimate | undefined;
  readonly entry: EntrySize | undefined;
}

const scalars: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

function isScalar(type: CelType): boolean {
  if (type.kind === 'optional') return isScalar(type.of);
  return type.kind === 'simple' && scalars.has(type.name);
}

/** The size of what the expression itself spells out. */
function spelledSize(node: CostNode): Estimate | undefined {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      if (typeof value === 'string') return fixed([...value].length);
      return fixed(value instanceof Uint8Array ? value.length : 1);
    }
    case 'list':
      return fixed(node.elements.length);
    case 'map':
      return fixed(node.entries.length);
    default:
      return undefined;
  }
}

const isText = (type: CelType | undefined): boolean =>
  type?.kind === 'simple' && (type.name === 'string' || type.name === 'bytes');
const isString = (type: CelType | undefined): boolean => type?.kind === 'simple' && type.name === 'string';

const comparisons: ReadonlySet<string> = new Set(['_<_', '_<=_', '_>_', '_>=_']);

class Coster {
  readonly #sizeAt: SizeEstimator;
  readonly #paths = new Map<CostNode, readonly string[]>();
  readonly #sizes = new Map<CostNode, Estimate>();
  readonly #entries = new Map<CostNode, EntrySize>();
  readonly #locals = new Map<string, Local[]>();

  constructor(sizeAt: SizeEstimator) {
    this.#sizeAt = sizeAt;
  }

  cost(node: CostNode): Estimate {
    switch (node.kind) {
      case 'literal':
        return zero;
      case 'ident':
        this.#paths.set(node, this.#local(node.name)?.path ?? [node.name]);
        return one;
      case 'select': {
        const operand = this.cost(node.operand);
        if (node.testOnly) return operand;
        this.#paths.set(node, [...this.#pathOf(node.operand), node.field]);
        const { kind } = node.operand.type;
        return kind === 'map' || kind === 'object' || kind === 'parameter' ? sum(operand, one) : operand;
      }
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return sum(...node.values.map((value) => this.cost(value)), fixed(structCreateCost));
      case 'loop':
        return this.#loop(node);
      case 'bind':
        return this.#bind(node);
    }
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #push(name: string, local: Local): void {
    const present = this.#locals.get(name);
    if (present) present.push(local);
    else this.#locals.set(name, [local]);
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop();
  }

  #pathOf(node: CostNode): readonly string[] {
    const local = node.kind === 'ident' ? this.#local(node.name) : undefined;
    return local?.path ?? this.#paths.get(node) ?? [];
  }

  #estimateSize(path: readonly string[]): Estimate | undefined {
    return path.length === 0 ? undefined : this.#sizeAt(path);
  }

  #sizeOf(node: CostNode): Estimate | undefined {
    const known = this.#sizes.get(node) ?? spelledSize(node);
    if (known) return known;
    const estimated = this.#estimateSize(this.#pathOf(node));
    if (estimated) {
      this.#sizes.set(node, estimated);
      return estimated;
    }
    if (isScalar(node.type)) return one;
    return node.kind === 'ident' ? this.#local(node.name)?.size : undefined;
  }

  #sizeOrUnknown(node: CostNode | undefined): Estimate {
    return (node && this.#sizeOf(node)) ?? unknownSize;
  }

  #entryOf(node: CostNode): EntrySize | undefined {
    return this.#entries.get(node) ?? (node.kind === 'ident' ? this.#local(node.name)?.entry : undefined);
  }

  #argument(node: CostNode): CostArgument {
    const path = this.#pathOf(node);
    const shown = path[0] === accumulator ? [] : path;
    return { node, type: node.type, path: shown, size: this.#sizeOf(node) ?? this.#estimateSize(shown) };
  }

  #call(node: CallNode): Estimate {
    const [first] = node.args;
    if (node.name === 'dyn' && first) {
      const cost = this.cost(first);
      this.#copySizes(node, first);
      return sum(cost, one);
    }
    const costs = node.args.map((argument) => this.cost(argument));
    const args = node.args.map((argument) => this.#argument(argument));
    if (node.overloads.length === 0) return zero;
    const targetCost = node.target ? this.cost(node.target) : zero;
    const target = node.target && this.#argument(node.target);
    let cost: Estimate = { min: unbounded, max: 0 };
    let size: Estimate | undefined;
    for (const overload of node.overloads) {
      const call = { overload, target, args, sizeAt: (path: readonly string[]) => this.#estimateSize(path) };
      const found = this.#functionCost(node, call, costs);
      cost = union(cost, found.cost);
      if (found.resultSize) size = size ? union(size, found.resultSize) : found.resultSize;
      const container = node.name === '_[_]' ? overload.parameters[0]?.kind : undefined;
      if (first && (container === 'list' || container === 'map')) {
        size = this.#entryOf(first)?.value;
        this.#paths.set(node, [...this.#pathOf(first), container === 'list' ? '@items' : '@values']);
      }
      size ??= this.#sizeOf(node);
    }
    if (size) this.#sizes.set(node, size);
    return sum(targetCost, cost);
  }

  #functionCost(node: CallNode, call: EstimatedCall, costs: readonly Estimate[]): CallEstimate {
    const own = estimateCallCost(node.name, call) ?? this.#textCost(node.name, call);
    if (own) return { ...own, cost: sum(own.cost, ...costs) };
    const [left = zero, right = zero, third = zero] = costs;
    const [a, b, c] = node.args;
    switch (node.name) {
      case '_&&_':
      case '_||_':
        return { cost: { min: left.min, max: sum(left, right).max } };
      case '_?_:_':
        this.#uniteEntries(node, b, c);
        return {
          cost: sum(left, union(right, third)),
          resultSize: union(this.#sizeOrUnknown(b), this.#sizeOrUnknown(c)),
        };
      case '_+_':
        return this.#concatenation(node, call.overload, [a, b], costs);
      default:
        return { cost: sum(one, ...costs) };
    }
  }

  #concatenation(
    node: CallNode,
    { parameters: [type] }: CalledOverload,
    [left, right]: readonly (CostNode | undefined)[],
    costs: readonly Estimate[],
  ): CallEstimate {
    const isList = type?.kind === 'list';
    if (!isList && !isText(type)) return { cost: sum(one, ...costs) };
    const resultSize = sum(this.#sizeOrUnknown(left), this.#sizeOrUnknown(right));
    this.#uniteEntries(node, left, right);
    const own = isList ? one : scale(resultSize, stringTraversalFactor);
    return { cost: sum(own, ...costs), resultSize };
  }

  /** Calls whose cost grows with their texts and lists. */
  #textCost(name: string, { overload, target, args }: EstimatedCall): CallEstimate | undefined {
    const [first, second] = args;
    const size = (argument: CostArgument | undefined): Estimate => argument?.size ?? unknownSize;
    const traversed = (argument: CostArgument | undefined): Estimate => scale(size(argument), stringTraversalFactor);
    const [parameter] = overload.parameters;
    if (comparisons.has(name) ? isText(parameter) : name === '_==_' || name === '_!=_') {
      const max = Math.min(size(first).max, size(second).max);
      return { cost: scale({ min: max > 0 ? 1 : 0, max }, stringTraversalFactor) };
    }
    switch (name) {
      case 'format':
        return target ? { cost: traversed(target) } : undefined;
      case 'bytes':
        if (!isString(parameter)) return undefined;
        return { cost: traversed(first), resultSize: { min: size(first).min, max: size(first).max * 4 } };
      case 'string':
        if (!isText(parameter) || isString(parameter)) return undefined;
        return { cost: traversed(first), resultSize: { min: Math.floor(size(first).min / 4), max: size(first).max } };
      case 'strings.quote':
        return { cost: traversed(first), resultSize: { min: size(first).min + 2, max: size(first).max * 2 + 2 } };
      case 'startsWith':
      case 'endsWith':
        return { cost: traversed(first) };
      case '@in':
        return overload.parameters[1]?.kind === 'list' ? { cost: size(second) } : undefined;
      case 'matches': {
        if (!target) return undefined;
        const text = scale(sum(size(target), one), stringTraversalFactor);
        return { cost: multiply(text, scale(size(first), regexLengthFactor)) };
      }
      case 'contains':
        return target ? { cost: multiply(traversed(target), traversed(first)) } : undefined;
      default:
        return undefined;
    }
  }

  #copySizes(to: CostNode, from: CostNode): void {
    const size = this.#sizeOf(from);
    if (size) this.#sizes.set(to, size);
    const entry = this.#entryOf(from);
    if (entry) this.#entries.set(to, entry);
  }

  #uniteEntries(node: CostNode, a: CostNode | undefined, b: CostNode | undefined): void {
    const left = a && this.#entryOf(a);
    const right = b && this.#entryOf(b);
    if (!left || !right) return;
    this.#entries.set(node, { ...left, key: union(left.key, right.key), value: union(left.value, right.value) });
  }

  #unite(nodes: readonly CostNode[]): Estimate {
    const start: Estimate = nodes.length === 0 ? zero : { min: unbounded, max: 0 };
    return nodes.reduce((size, node) => union(size, this.#sizeOrUnknown(node)), start);
  }

  #list(node: ListNode): Estimate {
    const costs = node.elements.map((element) => this.cost(element));
    this.#entries.set(node, { container: 'list', key: one, value: this.#unite(node.elements) });
    return sum(...costs, fixed(listCreateCost));
  }

  #map(node: MapNode): Estimate {
    const costs = node.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    this.#entries.set(node, {
      container: 'map',
      key: this.#unite(node.entries.map(({ key }) => key)),
      value: this.#unite(node.entries.map(({ value }) => value)),
    });
    return sum(...costs, fixed(mapCreateCost));
  }

  #loop(node: LoopNode): Estimate {
    const { range, start, variables, condition, step, result } = node;
    const before = sum(this.cost(range), this.cost(start));
    this.#push(accumulator, { path: this.#pathOf(start), size: this.#sizeOf(start), entry: this.#entryOf(start) });
    this.#pushElements(range, variables);
    const each = sum(this.cost(condition), this.cost(step));
    for (const name of variables) this.#pop(name);
    const after = this.cost(result);
    this.#pop(accumulator);
    const count = this.#sizeOrUnknown(range);
    if (start.kind === 'literal') this.#sizes.set(node, this.#sizeOrUnknown(start));
    else {
      this.#sizes.set(node, count);
      const entry = this.#entryOf(step);
      if (entry) this.#entries.set(node, entry);
    }
    return sum(before, after, multiply(count, each));
  }

  #pushElements(range: CostNode, [first = '', second]: readonly string[]): void {
    const entry = this.#entryOf(range);
    const path = this.#pathOf(range);
    const isList = (entry?.container ?? range.type.kind) === 'list';
    const local = (name: string, part: string, size: Estimate | undefined): void =>
      this.#push(name, { path: [...path, part], size, entry: undefined });
    if (second !== undefined) {
      local(first, isList ? '@indices' : '@keys', entry?.key);
      local(second, isList ? '@items' : '@values', entry?.value);
    } else if (isList) local(first, '@items', entry?.value);
    else local(first, '@keys', entry?.key);
  }

  #bind(node: BindNode): Estimate {
    const { variable, value, result } = node;
    const before = sum(fixed(listCreateCost), this.cost(value));
    this.#push(variable, { path: this.#pathOf(value), size: this.#sizeOf(value), entry: this.#entryOf(value) });
    const after = this.cost(result);
    this.#pop(variable);
    this.#copySizes(node, result);
    return sum(before, after);
  }
}
