/** Operators. Upstream: github.com/google/cel-go/common/stdlib, common/types */
import { overload, type Implementation, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import {
  celCompare,
  celEqual,
  CelDuration,
  CelSetList,
  CelTimestamp,
  CelUint,
  mapGet,
  type CelMap,
  type CelValue,
} from '../values.ts';

const minInt = -(1n << 63n);
const maxInt = (1n << 63n) - 1n;
const maxUint = (1n << 64n) - 1n;

/** The value itself. @throws CelError `integer overflow` when it is none of 64 bits */
export function int(value: bigint): bigint {
  if (value < minInt || value > maxInt) throw new CelError('integer overflow');
  return value;
}

/** @throws CelError `unsigned integer overflow` when it is none of 64 bits */
export function uint(value: bigint): CelUint {
  if (value < 0n || value > maxUint) throw new CelError('unsigned integer overflow');
  return new CelUint(value);
}

/** Of nanoseconds. @throws CelError when it is none that Go can hold */
export function duration(nanos: bigint): CelDuration {
  if (nanos < minInt || nanos > maxInt) throw new CelError('integer overflow');
  return new CelDuration(nanos);
}

const minTime = -62_135_596_800_000_000_000n;
const maxTime = 253_402_300_799_999_999_999n;

/** Of nanoseconds since the Unix epoch; the offset only shows in its text. @throws CelError outside the years 1 to 9999 */
export function timestamp(nanos: bigint, offsetMinutes = 0): CelTimestamp {
  if (nanos < minTime || nanos > maxTime) throw new CelError('timestamp overflow');
  return new CelTimestamp(nanos, offsetMinutes);
}

type Bigints = (a: bigint, b: bigint) => bigint;
const ints =
  (run: Bigints): Implementation =>
  (a: bigint, b: bigint) =>
    int(run(a, b));
const uints =
  (run: Bigints): Implementation =>
  (a: CelUint, b: CelUint) =>
    uint(run(a.value, b.value));

const divide =
  (what: string): Bigints =>
  (a, b) => {
    if (b === 0n) throw new CelError(`${what} by zero`);
    return what === 'division' ? a / b : a % b;
  };

const numeric = (name: string, run: Bigints, doubles?: (a: number, b: number) => number): Overload[] => [
  overload(name, '(int, int) -> int', ints(run)),
  overload(name, '(uint, uint) -> uint', uints(run)),
  ...(doubles ? [overload(name, '(double, double) -> double', doubles as Implementation)] : []),
];

const comparable = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const crossed = ['(int, double)', '(int, uint)', '(double, int)', '(double, uint)', '(uint, int)', '(uint, double)'];

function comparison(name: string, holds: (order: number) => boolean): Overload[] {
  const run: Implementation = (a: CelValue, b: CelValue) =>
    Number.isNaN(a) || Number.isNaN(b) ? false : holds(celCompare(a, b));
  return [...comparable.map((type) => `(${type}, ${type})`), ...crossed].map((parameters) =>
    overload(name, `${parameters} -> bool`, run),
  );
}

function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const never: Implementation = () => {
  throw new CelError('no such overload');
};

export const arithmetic: readonly Overload[] = [
  // Worked out by the planner; here for their types.
  overload('_&&_', '(bool, bool) -> bool', never),
  overload('_||_', '(bool, bool) -> bool', never),
  overload('_?_:_', '(bool, A, A) -> A', never),
  overload('_==_', '(A, A) -> bool', never),
  overload('_!=_', '(A, A) -> bool', never),
  overload('_[_]', '(list(A), int) -> A', never),
  overload('_[_]', '(map(A, B), A) -> B', never),
  overload('_[_]', '(optional(list(A)), int) -> optional(A)', never),
  overload('_[_]', '(optional(map(A, B)), A) -> optional(B)', never),
  overload('_[?_]', '(list(A), int) -> optional(A)', never),
  overload('_[?_]', '(map(A, B), A) -> optional(B)', never),
  overload('_[?_]', '(optional(list(A)), int) -> optional(A)', never),
  overload('_[?_]', '(optional(map(A, B)), A) -> optional(B)', never),

  overload('!_', '(bool) -> bool', (a: boolean) => !a),
  overload('-_', '(int) -> int', (a: bigint) => int(-a)),
  overload('-_', '(double) -> double', (a: number) => -a),

  ...numeric(
    '_+_',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  overload('_+_', '(string, string) -> string', (a: string, b: string) => a + b),
  overload('_+_', '(bytes, bytes) -> bytes', concatBytes as Implementation),
  overload('_+_', '(list(A), list(A)) -> list(A)', (a: readonly CelValue[], b: readonly CelValue[]) =>
    a instanceof CelSetList ? a.plus(b) : [...a, ...b],
  ),
  overload('_+_', '(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestamp(a.nanos + b.nanos, a.offsetMinutes),
  ),
  overload('_+_', '(duration, timestamp) -> timestamp', (a: CelDuration, b: CelTimestamp) =>
    timestamp(a.nanos + b.nanos, b.offsetMinutes),
  ),
  overload('_+_', '(duration, duration) -> duration', (a: CelDuration, b: CelDuration) => duration(a.nanos + b.nanos)),
  ...numeric(
    '_-_',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  overload('_-_', '(timestamp, timestamp) -> duration', (a: CelTimestamp, b: CelTimestamp) =>
    duration(a.nanos - b.nanos),
  ),
  overload('_-_', '(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestamp(a.nanos - b.nanos, a.offsetMinutes),
  ),
  overload('_-_', '(duration, duration) -> duration', (a: CelDuration, b: CelDuration) => duration(a.nanos - b.nanos)),
  ...numeric(
    '_*_',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  ...numeric('_/_', divide('division'), (a, b) => a / b),
  ...numeric('_%_', divide('modulus')),

  ...comparison('_<_', (order) => order < 0),
  ...comparison('_<=_', (order) => order <= 0),
  ...comparison('_>_', (order) => order > 0),
  ...comparison('_>=_', (order) => order >= 0),

  overload('@in', '(A, list(A)) -> bool', (a: CelValue, list: readonly CelValue[]) =>
    list.some((item) => celEqual(item, a)),
  ),
  overload('@in', '(A, map(A, B)) -> bool', (a: CelValue, map: CelMap) => mapGet(map, a) !== undefined),
];
