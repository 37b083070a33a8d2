/** What a call cost. Upstream: apiserver/pkg/cel/library/cost.go CallCost, github.com/google/cel-go/interpreter/runtimecost.go costCall (v1.36) */
import type { Overload } from '../functions.ts';
import { CelOpaque, CelOptional, type CelList, type CelMap, type CelValue } from '../values.ts';
import { listCreateCost, regexLengthFactor, stringTraversalFactor, structCreateCost } from './estimate.ts';

type CallCost = (args: readonly CelValue[], result: CelValue) => number;

/** How many characters, bytes or members a value has; 1 for what has none. */
export function actualSize(value: CelValue | undefined): number {
  if (typeof value === 'string') return characters(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return value.size;
  if (value instanceof CelOptional && value.present) return actualSize(value.value);
  return 1;
}

function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) count--;
  }
  return count;
}

const traversed = (value: CelValue | undefined, factor = 1): number =>
  Math.ceil(actualSize(value) * factor * stringTraversalFactor);

const nominal: CallCost = () => 1;
const ofFirst =
  (factor: number): CallCost =>
  ([first]) =>
    traversed(first, factor);

/** The cost of visiting every text in a value. */
function treeCost(value: CelValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return Math.floor(value.length * stringTraversalFactor);
  if (Array.isArray(value)) return (value as CelList).reduce<number>((sum, item) => sum + treeCost(item), 0);
  if (!(value instanceof Map)) return 1;
  let sum = 0;
  for (const [key, member] of value as CelMap) sum += treeCost(key) + treeCost(member);
  return sum;
}

const selector: CallCost = ([, text]) => {
  const size = actualSize(text);
  return listCreateCost + traversed(text) + Math.ceil(Math.ceil(size / 2) * (listCreateCost + structCreateCost));
};

const matching: CallCost = ([text, pattern]) =>
  Math.ceil((1 + actualSize(text)) * stringTraversalFactor) * Math.ceil(actualSize(pattern) * regexLengthFactor);

const within =
  (masked: boolean): CallCost =>
  ([cidr, other]) => {
    const size = actualSize(cidr);
    const base = Math.ceil(size * 2 * stringTraversalFactor);
    const extra = masked ? Math.ceil(size * stringTraversalFactor) + 1 : 0;
    return base + extra + (typeof other === 'string' ? traversed(other) : 0);
  };

const smaller: CallCost = ([left, right]) =>
  left instanceof CelOpaque ? 1 : Math.ceil(Math.min(actualSize(left), actualSize(right)) * stringTraversalFactor);

const allocating = (factor: number, size: number): number => Math.floor(size * factor) + 1 + listCreateCost;

function selfCompared(list: CelValue | undefined): number {
  const size = actualSize(list);
  const first = Array.isArray(list) ? (list as CelList)[0] : undefined;
  const isText = typeof first === 'string' || first instanceof Uint8Array;
  return allocating(2 + (isText ? stringTraversalFactor : 0), size * size);
}

const sets =
  (factor: number): CallCost =>
  ([left, right]) =>
    1 + actualSize(left) * actualSize(right) * factor;

const named = (names: string, cost: CallCost): Record<string, CallCost> =>
  Object.fromEntries(names.split(' ').map((name) => [name, cost]));

const costs: Readonly<Record<string, CallCost>> = {
  check: () => 350_000,
  ...named('fieldSelector labelSelector', selector),
  ...named('isSorted sum max min indexOf lastIndexOf', ([list = null]) => treeCost(list)),
  ...named('url lowerAscii upperAscii substring trim jsonpatch.escapeKey', ofFirst(1)),
  ...named('replace split', ofFirst(2)),
  join: (_, result) => traversed(result, 2),
  ...named('find findAll matches', matching),
  ...named('cidr isIP isCIDR quantity isQuantity semver isSemver', ofFirst(1)),
  'ip.isCanonical': ofFirst(2),
  ip: ([first]) => (typeof first === 'string' ? traversed(first) : 1),
  containsIP: within(false),
  containsCIDR: within(true),
  validate: ([, text]) =>
    Math.ceil((1 + actualSize(text)) * stringTraversalFactor) * Math.ceil(128 * regexLengthFactor),
  ...named('startsWith endsWith format strings.quote', ofFirst(1)),
  contains: ([text, part]) => traversed(text) * traversed(part),
  ...named('_==_ _!=_', smaller),
  'sets.contains': sets(1),
  'sets.intersects': sets(1),
  'sets.equivalent': sets(2),
  ...named('slice lists.range reverse', (_, result) => allocating(1, actualSize(result))),
  flatten: ([list, depth]) => allocating(typeof depth === 'bigint' ? Number(depth) : 1, actualSize(list)),
  ...named('distinct sort', ([list]) => selfCompared(list)),
};

const isText = (value: CelValue | undefined): boolean => typeof value === 'string' || value instanceof Uint8Array;

/** Operators and conversions whose cost depends on the kind of their values. */
const byKind: Readonly<Record<string, CallCost>> = {
  ...named('_<_ _<=_ _>_ _>=_', (args, result) => (isText(args[0]) ? smaller(args, result) : 1)),
  '_+_': ([left, right]) =>
    isText(left) ? Math.ceil((actualSize(left) + actualSize(right)) * stringTraversalFactor) : 1,
  '@in': ([, container]) => (Array.isArray(container) ? container.length : 1),
  bytes: ([first]) => (typeof first === 'string' ? traversed(first) : 1),
  string: ([first]) => (first instanceof Uint8Array ? traversed(first) : 1),
};

/** How to work out the cost of a function's calls. */
export function callCostOf(name: Overload['name']): CallCost {
  return costs[name] ?? byKind[name] ?? nominal;
}

/** The cost of sorting by keys. */
export const sortByCost = (keys: CelList): number => selfCompared(keys);
