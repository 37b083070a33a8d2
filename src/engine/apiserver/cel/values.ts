/** Values of expressions: int is a bigint, double a number, bytes a Uint8Array, list an array, map and message a Map. */
import { CelError } from './issues.ts';

export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelOptional
  | CelTypeValue
  | CelOpaque
  | CelList
  | CelMap;
export type CelList = readonly CelValue[];
export type CelMap = ReadonlyMap<CelValue, CelValue>;

/** An unsigned integer of 64 bits; it equals the `int` of the same value. */
export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment, in nanoseconds since the Unix epoch. */
export class CelTimestamp {
  /** Nanoseconds since 1970. */
  readonly nanos: bigint;
  /** The zone that it was written in: only its text shows it. */
  readonly offsetMinutes: number;
  constructor(nanos: bigint, offsetMinutes = 0) {
    this.nanos = nanos;
    this.offsetMinutes = offsetMinutes;
  }
}

/** A length of time, in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A value that may be absent: `optional.of(x)`, `optional.none()`. */
export class CelOptional {
  readonly present: boolean;
  readonly value: CelValue;
  constructor(present: boolean, value: CelValue = null) {
    this.present = present;
    this.value = value;
  }
}
export const noneValue: CelOptional = new CelOptional(false);

/** A type as a value: `int`, `type(x)`. */
export class CelTypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value of a type of Kubernetes' own libraries. */
export abstract class CelOpaque {
  abstract readonly typeName: string;
  abstract equals(other: CelOpaque): boolean;
}

/** A list whose elements have no order: equal to each of its permutations. Upstream: apiserver/pkg/cel/value.go */
export class CelSetList extends Array<CelValue> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Both lists' elements, each once. */
  plus(others: CelList): CelSetList {
    const sum = CelSetList.from(this) as CelSetList;
    for (const other of others) if (!sum.some((item) => celEqual(item, other))) sum.push(other);
    return sum;
  }
}

/** A list of objects with keys: equal to each of its permutations. */
export class CelMapList extends CelSetList {
  #mapKeys: readonly string[] = [];

  static keyed(elements: CelList, keys: readonly string[]): CelMapList {
    const list = CelMapList.from(elements) as CelMapList;
    list.#mapKeys = keys;
    return list;
  }

  /** Both lists' elements; one with the keys of another takes its place. */
  override plus(others: CelList): CelMapList {
    const sum = [...this];
    const keyOf = (item: CelValue, name: string) => (item instanceof Map ? ((item as CelMap).get(name) ?? null) : null);
    for (const other of others) {
      const at = sum.findIndex((item) =>
        this.#mapKeys.every((name) => celEqual(keyOf(item, name), keyOf(other, name))),
      );
      if (at < 0) sum.push(other);
      else sum[at] = other;
    }
    return CelMapList.keyed(sum, this.#mapKeys);
  }
}

/** An object with a schema: a property that is null is not there for `has`. */
export class CelObject extends Map<CelValue, CelValue> {}

/** The name of a value's type as `type()` and errors give it. */
export function typeNameOf(value: CelValue): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
  }
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'map';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelOptional) return 'optional_type';
  if (value instanceof CelTypeValue) return 'type';
  return (value as CelOpaque).typeName;
}

const isNumeric = (value: CelValue): value is bigint | number | CelUint =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;
const numberOf = (value: bigint | number | CelUint): bigint | number =>
  value instanceof CelUint ? value.value : value;

/** Whether `==` holds: numbers by their value whatever their type, lists and maps by their parts. */
export function celEqual(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) {
    const [x, y] = [numberOf(a), numberOf(b)];
    return !Number.isNaN(x) && !Number.isNaN(y) && order(x, y) === 0;
  }
  if (Array.isArray(a) && Array.isArray(b)) return listsEqual(a as CelList, b as CelList);
  if (a instanceof Map && b instanceof Map) return mapsEqual(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return a.nanos === b.nanos;
  if (a instanceof CelDuration && b instanceof CelDuration) return a.nanos === b.nanos;
  if (a instanceof CelTypeValue && b instanceof CelTypeValue) return a.name === b.name;
  if (a instanceof CelOptional && b instanceof CelOptional)
    return a.present === b.present && (!a.present || celEqual(a.value, b.value));
  return a instanceof CelOpaque && b instanceof CelOpaque && a.typeName === b.typeName && a.equals(b);
}

function listsEqual(a: CelList, b: CelList): boolean {
  if (a.length !== b.length) return false;
  if (a instanceof CelSetList || b instanceof CelSetList) {
    return a.every((item) => b.some((other) => celEqual(item, other)));
  }
  return a.every((item, i) => celEqual(item, b[i] ?? null));
}

function mapsEqual(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = mapGet(b, key);
    if (other === undefined || !celEqual(value, other)) return false;
  }
  return true;
}

/** A member of a map; numbers are equal across their types. */
export function mapGet(map: CelMap, key: CelValue): CelValue | undefined {
  const found = map.get(key);
  if (found !== undefined || typeof key === 'string') return found;
  if (!isNumeric(key)) return undefined;
  for (const [other, value] of map) if (celEqual(other, key)) return value;
  return undefined;
}

/** By code points, not by UTF-16 units. */
function compareText(a: string, b: string): number {
  if (!/[\ud800-\udfff]/.test(a + b)) return order(a, b);
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return order(left.length, right.length);
  return order(left[at]?.codePointAt(0) ?? 0, right[at]?.codePointAt(0) ?? -1);
}

/** Orders two values of one kind. @throws CelError */
export function celCompare(a: CelValue, b: CelValue): number {
  if (isNumeric(a) && isNumeric(b)) return order(numberOf(a), numberOf(b));
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(a, b);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return order(a.nanos, b.nanos);
  if (a instanceof CelDuration && b instanceof CelDuration) return order(a.nanos, b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) return order(a[i] ?? 0, b[i] ?? 0);
    }
    return order(a.length, b.length);
  }
  throw new CelError('no such overload');
}

function order<T extends bigint | number | string | boolean>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
