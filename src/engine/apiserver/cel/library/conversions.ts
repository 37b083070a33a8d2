/** Conversions between types, and sizes. Upstream: github.com/google/cel-go/common/types */
import { overload, type Implementation, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import {
  CelDuration,
  CelOpaque,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  typeNameOf,
  type CelMap,
  type CelValue,
} from '../values.ts';
import { doubleText } from './double-text.ts';
import { int, uint } from './arithmetic.ts';
import { durationText, parseCelDuration, parseCelTimestamp, timestampText } from './time.ts';

const cannot = (from: string, to: string): CelError => new CelError(`type conversion error from '${from}' to '${to}'`);

function toInt(value: CelValue): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof CelUint) return int(value.value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CelError('integer overflow');
    return int(BigInt(Math.trunc(value)));
  }
  if (value instanceof CelTimestamp) return value.nanos / 1_000_000_000n;
  if (value instanceof CelDuration) return value.nanos;
  if (typeof value === 'string' && /^[+-]?[0-9]+$/.test(value)) {
    const read = BigInt(value.replace(/^\+/, ''));
    if (BigInt.asIntN(64, read) === read) return read;
  }
  throw cannot(typeNameOf(value), 'int');
}

function toUint(value: CelValue): CelUint {
  if (value instanceof CelUint) return value;
  if (typeof value === 'bigint') return uint(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CelError('unsigned integer overflow');
    return uint(BigInt(Math.trunc(value)));
  }
  if (typeof value === 'string' && /^[0-9]+$/.test(value)) return uint(BigInt(value));
  throw cannot(typeNameOf(value), 'uint');
}

function toDouble(value: CelValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof CelUint) return Number(value.value);
  if (typeof value === 'string') {
    if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(value)) {
      const read = Number(value);
      if (Number.isFinite(read)) return read;
    }
    const special = /^([+-]?)(inf|infinity|nan)$/i.exec(value);
    if (special) return special[2]?.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
  }
  throw cannot(typeNameOf(value), 'double');
}

const trueTexts = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falseTexts = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function toBool(value: string): boolean {
  if (trueTexts.includes(value)) return true;
  if (falseTexts.includes(value)) return false;
  throw cannot('string', 'bool');
}

/** What `string(value)` gives. @throws CelError when there is no such conversion */
export function toText(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelTimestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof CelOpaque) return String(value);
  if (value instanceof Uint8Array) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    } catch {
      throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
    }
  }
  throw cannot(typeNameOf(value), 'string');
}

function toTimestamp(value: CelValue): CelTimestamp {
  if (value instanceof CelTimestamp) return value;
  if (typeof value === 'bigint') return new CelTimestamp(value * 1_000_000_000n);
  const read = typeof value === 'string' ? parseCelTimestamp(value) : undefined;
  if (read) return read;
  throw cannot(typeNameOf(value), 'google.protobuf.Timestamp');
}

function toDuration(value: CelValue): CelDuration {
  if (value instanceof CelDuration) return value;
  if (typeof value === 'bigint') return new CelDuration(value);
  const read = typeof value === 'string' ? parseCelDuration(value) : undefined;
  if (read) return read;
  throw cannot(typeNameOf(value), 'google.protobuf.Duration');
}

const all = (name: string, result: string, froms: readonly string[], run: (value: never) => CelValue): Overload[] =>
  froms.map((from) => overload(name, `(${from}) -> ${result}`, run as Implementation));

const sizes: readonly (readonly [type: string, size: (value: never) => number])[] = [
  ['string', (value: string) => [...value].length],
  ['bytes', (value: Uint8Array) => value.length],
  ['list(A)', (value: readonly CelValue[]) => value.length],
  ['map(A, B)', (value: CelMap) => value.size],
];

export const conversions: readonly Overload[] = [
  ...all('int', 'int', ['int', 'uint', 'double', 'string', 'timestamp', 'duration'], toInt),
  ...all('uint', 'uint', ['uint', 'int', 'double', 'string'], toUint),
  ...all('double', 'double', ['double', 'int', 'uint', 'string'], toDouble),
  overload('bool', '(bool) -> bool', (value: boolean) => value),
  overload('bool', '(string) -> bool', toBool),
  ...all(
    'string',
    'string',
    ['string', 'bool', 'bytes', 'double', 'duration', 'int', 'timestamp', 'uint', 'net.IP', 'net.CIDR'],
    toText,
  ),
  overload('bytes', '(bytes) -> bytes', (value: Uint8Array) => value),
  overload('bytes', '(string) -> bytes', (value: string) => new TextEncoder().encode(value)),
  ...all('timestamp', 'timestamp', ['timestamp', 'string', 'int'], toTimestamp),
  ...all('duration', 'duration', ['duration', 'string', 'int'], toDuration),
  overload('dyn', '(A) -> dyn', (value: CelValue) => value),
  overload('type', '(A) -> type(A)', (value: CelValue) => new CelTypeValue(typeNameOf(value))),
  ...sizes.flatMap(([type, size]) => {
    const run = ((value: never) => BigInt(size(value))) as Implementation;
    return [overload('size', `(${type}) -> int`, run), overload('size', `${type}.() -> int`, run)];
  }),
];
