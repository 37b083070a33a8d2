/** Lists, sets and optional values. Upstream: apiserver/pkg/cel/library/lists.go, github.com/google/cel-go/ext/{lists,sets}.go */
import { overload, type Implementation, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import {
  celCompare,
  celEqual,
  CelDuration,
  CelOptional,
  CelUint,
  noneValue,
  type CelMap,
  type CelValue,
} from '../values.ts';
import { duration, int, uint } from './arithmetic.ts';

type List = readonly CelValue[];

const sortable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

function isSorted(list: List): boolean {
  return list.every((item, i) => i === 0 || celCompare(list[i - 1] ?? null, item) <= 0);
}

const extreme =
  (name: string, sign: number): Implementation =>
  (list: List) => {
    const [first, ...rest] = list;
    if (first === undefined) throw new CelError(`${name} called on empty list`);
    return rest.reduce((best, item) => (celCompare(item, best) * sign > 0 ? item : best), first);
  };

const sums: readonly (readonly [type: string, run: (list: never) => CelValue])[] = [
  ['int', (list: readonly bigint[]) => list.reduce((sum, item) => int(sum + item), 0n)],
  ['uint', (list: readonly CelUint[]) => list.reduce((sum, item) => uint(sum.value + item.value), new CelUint(0n))],
  ['double', (list: readonly number[]) => list.reduce((sum, item) => sum + item, 0)],
  [
    'duration',
    (list: readonly CelDuration[]) => list.reduce((sum, item) => duration(sum.nanos + item.nanos), new CelDuration(0n)),
  ],
];

function distinct(list: List): CelValue[] {
  const out: CelValue[] = [];
  for (const item of list) if (!out.some((other) => celEqual(other, item))) out.push(item);
  return out;
}

function flatten(list: List, depth = 1n): CelValue[] {
  if (depth < 0n) throw new CelError('level must be non-negative');
  return list.flatMap((item) => (Array.isArray(item) && depth > 0n ? flatten(item as List, depth - 1n) : [item]));
}

function slice(list: List, start: bigint, end: bigint): List {
  if (start < 0n || end < 0n) throw new CelError(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    throw new CelError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > list.length) throw new CelError(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

const contains = (list: List, part: List): boolean => part.every((item) => list.some((other) => celEqual(item, other)));

const isZero = (value: CelValue): boolean => {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Map) return (value as CelMap).size === 0;
  if (value instanceof CelUint) return value.value === 0n;
  return value instanceof CelDuration && value.nanos === 0n;
};

function optionalValue(optional: CelOptional): CelValue {
  if (!optional.present) throw new CelError('optional.none() dereference');
  return optional.value;
}

const endOf =
  (at: 0 | -1): Implementation =>
  (list: List) => {
    const value = list.at(at);
    return value === undefined ? noneValue : new CelOptional(true, value);
  };

export const lists: readonly Overload[] = [
  ...sortable.flatMap((type) => [
    overload('isSorted', `list(${type}).() -> bool`, isSorted),
    overload('min', `list(${type}).() -> ${type}`, extreme('min', -1)),
    overload('max', `list(${type}).() -> ${type}`, extreme('max', 1)),
    overload('sort', `list(${type}).() -> list(${type})`, (list: List) => [...list].sort(celCompare)),
  ]),
  ...sums.map(([type, run]) => overload('sum', `list(${type}).() -> ${type}`, run as Implementation)),
  overload('indexOf', 'list(A).(A) -> int', (list: List, wanted: CelValue) =>
    BigInt(list.findIndex((item) => celEqual(item, wanted))),
  ),
  overload('lastIndexOf', 'list(A).(A) -> int', (list: List, wanted: CelValue) =>
    BigInt(list.findLastIndex((item) => celEqual(item, wanted))),
  ),
  overload('distinct', 'list(A).() -> list(A)', distinct),
  overload('flatten', 'list(list(A)).() -> list(A)', (list: List) => flatten(list)),
  overload('flatten', 'list(dyn).(int) -> list(dyn)', flatten),
  overload('reverse', 'list(A).() -> list(A)', (list: List) => [...list].reverse()),
  overload('slice', 'list(A).(int, int) -> list(A)', slice),
  overload('first', 'list(A).() -> optional(A)', endOf(0)),
  overload('last', 'list(A).() -> optional(A)', endOf(-1)),
  overload('lists.range', '(int) -> list(int)', (count: bigint) =>
    Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i)),
  ),

  overload('sets.contains', '(list(A), list(A)) -> bool', contains),
  overload('sets.equivalent', '(list(A), list(A)) -> bool', (a: List, b: List) => contains(a, b) && contains(b, a)),
  overload('sets.intersects', '(list(A), list(A)) -> bool', (a: List, b: List) =>
    a.some((item) => b.some((other) => celEqual(item, other))),
  ),

  overload('optional.of', '(A) -> optional(A)', (value: CelValue) => new CelOptional(true, value)),
  overload('optional.none', '() -> optional(A)', () => noneValue),
  overload('optional.ofNonZeroValue', '(A) -> optional(A)', (value: CelValue) =>
    isZero(value) ? noneValue : new CelOptional(true, value),
  ),
  overload('hasValue', 'optional(A).() -> bool', (optional: CelOptional) => optional.present),
  overload('value', 'optional(A).() -> A', optionalValue),
  overload('or', 'optional(A).(optional(A)) -> optional(A)', (a: CelOptional, b: CelOptional) => (a.present ? a : b)),
  overload('orValue', 'optional(A).(A) -> A', (optional: CelOptional, other: CelValue) =>
    optional.present ? optional.value : other,
  ),
];
