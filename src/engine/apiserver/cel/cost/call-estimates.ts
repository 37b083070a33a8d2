/** What calls of Kubernetes' libraries may cost. Upstream: apiserver/pkg/cel/library/cost.go EstimateCallCost, github.com/google/cel-go/ext/{lists,sets}.go (v1.36) */
import { typeText, type CelType } from '../cel-type.ts';
import type { CalledOverload, CostNode } from './cost-tree.ts';
import {
  fixed,
  listCreateCost,
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
  type Estimate,
} from './estimate.ts';

/** An argument of a call: what is known of it. */
export interface CostArgument {
  readonly node: CostNode | undefined;
  readonly type: CelType;
  /** The way to it from a variable; empty when it is computed. */
  readonly path: readonly string[];
  readonly size: Estimate | undefined;
}

export interface CallEstimate {
  readonly cost: Estimate;
  readonly resultSize?: Estimate;
}

export interface EstimatedCall {
  readonly overload: CalledOverload;
  readonly target: CostArgument | undefined;
  readonly args: readonly CostArgument[];
  /** The size of what is at a path. */
  sizeAt(path: readonly string[]): Estimate | undefined;
}

type Estimator = (call: EstimatedCall) => CallEstimate | undefined;

const sizeOf = (argument: CostArgument | undefined): Estimate => argument?.size ?? unknownSize;
const nominal: Estimator = () => ({ cost: one });

const traversal =
  (factor = 1) =>
  (size: Estimate): Estimate =>
    scale(size, factor * stringTraversalFactor);

const ofFirst =
  (factor: number, keepsSize = false): Estimator =>
  ({ args: [first] }) => {
    if (!first) return undefined;
    const size = sizeOf(first);
    return { cost: traversal(factor)(size), ...(keepsSize ? { resultSize: size } : {}) };
  };

const ofTarget: Estimator = ({ target }) => {
  if (!target) return undefined;
  const size = sizeOf(target);
  return { cost: traversal()(size), resultSize: size };
};

/** The elements of a list, with their size where the schema tells it. */
function elementOf({ type, path }: CostArgument, sizeAt: EstimatedCall['sizeAt']): CostArgument | undefined {
  const element = type.kind === 'list' ? type.element : type.kind === 'map' ? type.key : undefined;
  if (!element) return undefined;
  const inner = path.length > 0 ? [...path, '@items'] : [];
  return { node: undefined, type: element, path: inner, size: inner.length > 0 ? sizeAt(inner) : undefined };
}

const isText = (type: CelType): boolean => type.kind === 'simple' && (type.name === 'string' || type.name === 'bytes');

const comparing: Estimator = ({ target, sizeAt }) => {
  if (!target) return undefined;
  const element = elementOf(target, sizeAt);
  if (!element) return { cost: traversal()(sizeOf(target)) };
  const each = isText(element.type) ? sum(one, traversal()(sizeOf(element))) : one;
  return { cost: multiply(sizeOf(target), each) };
};

const selector: Estimator = ({ args }) => {
  if (args.length !== 1) return undefined;
  const size = sizeOf(args[0]);
  const requirements = scale(scale(size, 0.5), listCreateCost + structCreateCost);
  return { cost: sum(fixed(listCreateCost), traversal()(size), requirements) };
};

/** How often something is replaced at most and at least, and what is kept besides. */
function replacedSize(size: Estimate, wanted: Estimate, put: Estimate): Estimate {
  let max = size.max;
  if (wanted.min === 0) max = (size.max + 1) * put.max + size.max;
  else if (put.max > wanted.min) max = Math.ceil(size.max / wanted.min) * put.max;
  let { min } = size;
  if (wanted.max === 0) min = (size.min + 1) * put.min + size.min;
  else if (wanted.max > put.min) min = Math.ceil(size.min / wanted.max) * put.min;
  return { min: Math.min(min, unbounded), max: Math.min(max, unbounded) };
}

const replace: Estimator = ({ target, args: [wanted, put] }) => {
  if (!target || !wanted || !put) return undefined;
  const size = sizeOf(target);
  return { cost: traversal(2)(size), resultSize: replacedSize(size, sizeOf(wanted), sizeOf(put)) };
};

const split: Estimator = ({ target, args: [, limit] }) => {
  if (!target) return undefined;
  const size = sizeOf(target);
  const stated = limit?.node?.kind === 'literal' && typeof limit.node.value === 'bigint' ? limit.node.value : undefined;
  const max = stated === undefined ? size.max : stated < 0n ? unbounded : Number(stated);
  return { cost: traversal(2)(size), resultSize: { min: 0, max } };
};

const join: Estimator = ({ target, args: [separator], sizeAt }) => {
  if (!target) return undefined;
  const count = sizeOf(target);
  const element = elementOf(target, sizeAt);
  let size = element ? multiply(count, sizeOf(element)) : fixed(0);
  if (separator) {
    const gaps = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
    size = sum(size, multiply(sizeOf(separator), gaps));
  }
  return { cost: traversal()(size), resultSize: size };
};

const find: Estimator = ({ target, args: [pattern] }) => {
  if (!target || !pattern) return undefined;
  const size = sizeOf(target);
  const cost = multiply(traversal()(sum(size, one)), scale(sizeOf(pattern), regexLengthFactor));
  return { cost, resultSize: { min: 0, max: size.max } };
};

const address: Estimate = { min: 4, max: 16 };

const within =
  (masked: boolean): Estimator =>
  ({ overload, args }) => {
    const base = traversal()(sum(address, address));
    const extra = masked ? sum(traversal()(address), one) : fixed(0);
    const other = overload.parameters.at(-1);
    const parsed = other && isText(other) ? traversal()(sizeOf(args[0])) : fixed(0);
    return { cost: sum(base, extra, parsed) };
  };

const validate: Estimator = ({ args: [first] }) => {
  if (!first) return undefined;
  return { cost: scale(traversal()(sizeOf(first)), 128 * regexLengthFactor) };
};

const constantlyEqual: ReadonlySet<string> = new Set([
  'net.IP',
  'net.CIDR',
  'kubernetes.Quantity',
  'kubernetes.Semver',
  'kubernetes.authorization.Authorizer',
  'kubernetes.authorization.PathCheck',
  'kubernetes.authorization.GroupCheck',
  'kubernetes.authorization.ResourceCheck',
  'kubernetes.authorization.Decision',
]);

const equal: Estimator = ({ args: [left, right] }) => {
  if (!left || !right || left.type.kind !== 'opaque' || typeText(left.type) !== typeText(right.type)) return undefined;
  const { name } = left.type;
  if (constantlyEqual.has(name)) return { cost: one };
  if (name === 'kubernetes.NamedFormat') return { cost: traversal()({ min: 1, max: 64 }) };
  if (name !== 'kubernetes.URL') return undefined;
  return { cost: traversal()({ min: 1, max: right.size ? union(right.size, right.size).max : 1 }) };
};

const allocating = (factor: number, size: Estimate): CallEstimate => ({
  cost: sum(scale(size, factor), one, fixed(listCreateCost)),
  resultSize: size,
});

const sets =
  (factor: number): Estimator =>
  ({ args: [left, right] }) =>
    left && right ? { cost: sum(scale(multiply(sizeOf(left), sizeOf(right)), factor), one) } : undefined;

/** A literal whole number, or else another one. */
function statedOr(argument: CostArgument | undefined, other: number): number {
  const node = argument?.node;
  if (node?.kind !== 'literal' || typeof node.value !== 'bigint') return other;
  return node.value < 0n ? 0 : Number(node.value);
}

const sorting =
  (by: 'target' | 'argument'): Estimator =>
  ({ target, args, overload }) => {
    const keys = by === 'target' ? target : args[0];
    if (!target || !keys) return undefined;
    const parameter = overload.parameters[by === 'target' ? 0 : 1];
    const text = parameter?.kind === 'list' && isText(parameter.element) ? stringTraversalFactor : 0;
    const size = sizeOf(keys);
    return allocating(2 + text, multiply(size, size));
  };

const slice: Estimator = ({ target, args: [start, end] }) => {
  if (!target) return undefined;
  const length = statedOr(end, sizeOf(target).max) - statedOr(start, 0);
  return allocating(1, fixed(length < 0 ? unbounded : length));
};

const distinct: Estimator = ({ target }) =>
  target ? allocating(2, multiply(sizeOf(target), sizeOf(target))) : undefined;

const named = (names: string, estimator: Estimator): Record<string, Estimator> =>
  Object.fromEntries(names.split(' ').map((name) => [name, estimator]));

const estimators: Readonly<Record<string, Estimator>> = {
  check: () => ({ cost: fixed(350_000) }),
  ...named('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...named('fieldSelector labelSelector', selector),
  ...named('isSorted sum max min indexOf lastIndexOf', comparing),
  ...named('url jsonpatch.escapeKey', ofFirst(1, true)),
  ...named('lowerAscii upperAscii substring trim', ofTarget),
  replace,
  split,
  join,
  ...named('find findAll', find),
  ...named('cidr isIP isCIDR quantity isQuantity semver isSemver', ofFirst(1)),
  ip: (call) => (call.target ? { cost: one } : ofFirst(1)(call)),
  'ip.isCanonical': ofFirst(2),
  ...named('masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast', nominal),
  isGlobalUnicast: nominal,
  containsIP: within(false),
  containsCIDR: within(true),
  validate,
  'format.named': nominal,
  ...named('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub', nominal),
  ...named('major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery', nominal),
  '_==_': equal,
  'sets.contains': sets(1),
  'sets.intersects': sets(1),
  'sets.equivalent': sets(2),
  slice,
  'lists.range': ({ args: [count] }) => allocating(1, fixed(statedOr(count, unbounded))),
  reverse: ({ target }) => (target ? allocating(1, sizeOf(target)) : undefined),
  flatten: ({ target, args: [depth] }) =>
    target ? allocating(depth ? statedOr(depth, unbounded) : 1, sizeOf(target)) : undefined,
  distinct,
  sort: sorting('target'),
  '@sortByAssociatedKeys': sorting('argument'),
};

/** The cost that a library states for a call; undefined for what has none of its own. */
export function estimateCallCost(name: string, call: EstimatedCall): CallEstimate | undefined {
  return estimators[name]?.(call);
}
