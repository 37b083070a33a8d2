/** How a quantity prints: powers of 1024, SI suffixes or exponents. */
export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** What `parseQuantity` throws; its message is upstream's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const formatWrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixWrong = "unable to parse quantity's suffix";
const numberWrong = 'unable to parse numeric part of quantity';

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const binarySuffixes: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const decimalSuffixOf: ReadonlyMap<number, string> = new Map([...decimalSuffixes].map(([s, e]) => [e, s]));
const binarySuffixOf: ReadonlyMap<number, string> = new Map([...binarySuffixes].map(([s, e]) => [e, s]));

const nano = -9;
const maxInt64 = 2n ** 63n - 1n;
/** Digits an int64 can always hold. */
const maxInt64Factors = 18;
const shape = /^([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

function pow10(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Divides, rounding away from zero. */
function divideUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  if (quotient * divisor === value) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

/** Takes out factors; `value` must not be zero. */
function removeFactors(value: bigint, factor: bigint): { readonly amount: bigint; readonly times: number } {
  let amount = value;
  let times = 0;
  while (amount % factor === 0n) {
    amount /= factor;
    times++;
  }
  return { amount, times };
}

/** What a quantity is made of: unscaled × 10^scale, and the text to print when it is already canonical. */
interface Parts {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** Upstream holds it in arbitrary precision: it has no plain int64 value. */
  readonly isDecimal?: boolean;
  readonly text?: string;
}

/**
 * A fixed-point number with a suffix, exact and immutable.
 *
 * Upstream: apimachinery/pkg/api/resource/quantity.go (v1.36)
 */
export class Quantity {
  readonly #unscaled: bigint;
  readonly #scale: number;
  readonly #isDecimal: boolean;
  #text: string | undefined;
  readonly format: QuantityFormat;

  constructor({ unscaled, scale, format, isDecimal = false, text }: Parts) {
    this.#unscaled = unscaled;
    this.#scale = scale;
    this.#isDecimal = isDecimal;
    this.#text = text;
    this.format = format;
  }

  get isZero(): boolean {
    return this.#unscaled === 0n;
  }

  /** -1, 0 or 1. */
  get sign(): number {
    return this.#unscaled === 0n ? 0 : this.#unscaled < 0n ? -1 : 1;
  }

  add(other: Quantity): Quantity {
    return this.#plus(other.#unscaled, other);
  }

  sub(other: Quantity): Quantity {
    return this.#plus(-other.#unscaled, other);
  }

  /** The product with an integer. */
  mul(factor: number): Quantity {
    const unscaled = this.#unscaled * BigInt(factor);
    return new Quantity({ ...this.#parts(), unscaled });
  }

  neg(): Quantity {
    return new Quantity({ ...this.#parts(), unscaled: -this.#unscaled });
  }

  /** Negative, zero or positive as this is less than, equal to or greater than the other. */
  cmp(other: Quantity): number {
    const scale = Math.min(this.#scale, other.#scale);
    const difference = this.#at(scale) - other.#at(scale);
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }

  equals(other: Quantity): boolean {
    return this.cmp(other) === 0;
  }

  /** In units, rounded up. */
  value(): number {
    return this.scaledValue(0);
  }

  /** In thousandths, rounded up. */
  milliValue(): number {
    return this.scaledValue(-3);
  }

  /** In units of 10^scale, rounded away from zero; 0 when it does not fit in 64 bits, as upstream. */
  scaledValue(scale: number): number {
    const value = this.scaledBigInt(scale);
    return abs(value) > maxInt64 ? 0 : Number(value);
  }

  /** As `scaledValue`, exact. */
  scaledBigInt(scale: number): bigint {
    if (this.#scale >= scale) return this.#at(scale);
    return divideUp(this.#unscaled, pow10(scale - this.#scale));
  }

  /** The value in units when it is an integer that upstream holds as an int64. Upstream: AsInt64. */
  asInt64(): bigint | undefined {
    if (this.#isDecimal || this.#scale < 0) return undefined;
    const value = this.#at(0);
    return abs(value) > maxInt64 ? undefined : value;
  }

  asApproximateFloat64(): number {
    if (this.#scale === 0) return Number(this.#unscaled);
    return Number(this.#unscaled) * Number(`1e${this.#scale}`);
  }

  /** Rounded up to a multiple of 10^scale. */
  roundUp(scale: number): Quantity {
    if (this.#scale >= scale) return this;
    const { unscaled: _, text: __, ...rest } = this.#parts();
    return new Quantity({ ...rest, unscaled: this.scaledBigInt(scale), scale });
  }

  /** The canonical text; what was typed, when that was canonical. */
  toString(): string {
    this.#text ??= this.#canonical();
    return this.#text;
  }

  toJSON(): string {
    return this.toString();
  }

  #parts(): Parts {
    return { unscaled: this.#unscaled, scale: this.#scale, format: this.format, isDecimal: this.#isDecimal };
  }

  #at(scale: number): bigint {
    return this.#scale === scale ? this.#unscaled : this.#unscaled * pow10(this.#scale - scale);
  }

  #plus(addend: bigint, other: Quantity): Quantity {
    const format = this.isZero ? other.format : this.format;
    const scale = Math.min(this.#scale, other.#scale);
    const unscaled = this.#at(scale) + addend * pow10(other.#scale - scale);
    const isDecimal = this.#isDecimal || other.#isDecimal || abs(unscaled) > maxInt64;
    return new Quantity({ unscaled, scale, format, isDecimal });
  }

  #canonical(): string {
    if (this.isZero) return '0';
    const isInteger = this.#scale >= 0 || this.#unscaled % pow10(-this.#scale) === 0n;
    const isSmall = abs(this.#unscaled) * pow10(Math.max(this.#scale, 0)) < 1024n * pow10(Math.max(-this.#scale, 0));
    if (this.format === 'BinarySI' && isInteger && !isSmall) {
      const { amount, times } = removeFactors(this.scaledBigInt(0), 1024n);
      return `${amount}${binarySuffixOf.get(times * 10) ?? ''}`;
    }
    const { amount, times } = removeFactors(this.#unscaled, 10n);
    const exponent = this.#scale + times;
    const shift = ((exponent % 3) + 3) % 3;
    return `${amount * pow10(shift)}${this.#decimalSuffix(exponent - shift)}`;
  }

  #decimalSuffix(exponent: number): string {
    if (this.format === 'DecimalExponent') return exponent === 0 ? '' : `e${exponent}`;
    return decimalSuffixOf.get(exponent) ?? '';
  }
}

function interpret(suffix: string): {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
} {
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = binarySuffixes.get(suffix);
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) throw new QuantityError(suffixWrong);
  return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
}

/** Digits past which upstream leaves its fast path; negative: it never takes it. */
function precisionOf(base: 2 | 10, exponent: number, digits: number, decimals: number): number {
  if (base === 10) return maxInt64Factors - digits - decimals;
  return decimals > 0 ? -1 : 15 - digits - Math.trunc((exponent * 3) / 10) - 1;
}

function isCanonical(base: 2 | 10, exponent: number, scale: number, shifted: string): boolean {
  if (base === 2) return exponent % 10 === 0 && (BigInt(shifted) & 7n) !== 0n;
  return scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
}

/**
 * Reads a quantity as the API accepts it; numbers are taken by their JSON text.
 *
 * @throws QuantityError with upstream's message
 *
 * Upstream: apimachinery/pkg/api/resource/quantity.go ParseQuantity (v1.36)
 */
export function parseQuantity(source: string | number): Quantity {
  const text = typeof source === 'number' ? String(source) : source.trim();
  const simple = parseSimple(text);
  if (simple) return simple;
  const match = text === '' ? null : shape.exec(text);
  if (match === null) throw new QuantityError(formatWrong);
  if (text === '0') return new Quantity({ unscaled: 0n, scale: 0, format: 'DecimalSI', text });
  const [, sign = '', whole = '', dot = '', decimals = '', suffix = ''] = match;
  const digits = whole.replace(/^0+/, '') || '0';
  const { base, exponent, format } = interpret(suffix);
  const shifted = digits + decimals;
  const negative = sign === '-';
  const scale = (base === 10 ? exponent : 0) - decimals.length;
  if (precisionOf(base, exponent, digits.length, decimals.length) >= 0 && scale >= nano) {
    const magnitude = BigInt(shifted) * (base === 2 ? 1n << BigInt(exponent) : 1n);
    const canonical = isCanonical(base, exponent, scale, shifted);
    const unscaled = negative ? -magnitude : magnitude;
    if (magnitude <= maxInt64)
      return new Quantity(canonical ? { unscaled, scale, format, text } : { unscaled, scale, format });
  }
  if (whole === '' && decimals === '' && dot !== '') throw new QuantityError(numberWrong);
  return parseSlow({ magnitude: BigInt(shifted || '0'), negative, scale, base, exponent, format });
}

/** Digits and a suffix, as most quantities are: `100m`, `500Mi`. Undefined for all others. */
function parseSimple(text: string): Quantity | undefined {
  let digits = 0;
  while (digits < text.length && isDigit(text.charCodeAt(digits))) digits++;
  if (digits === 0 || digits > 15 || text.charCodeAt(0) === 48) return undefined;
  const suffix = text.slice(digits);
  const decimal = decimalSuffixes.get(suffix);
  const binary = decimal === undefined ? binarySuffixes.get(suffix) : undefined;
  const exponent = decimal ?? binary;
  if (exponent === undefined) return undefined;
  const base = binary === undefined ? 10 : 2;
  if (precisionOf(base, exponent, digits, 0) < 0) return undefined;
  const shifted = text.slice(0, digits);
  const magnitude = base === 2 ? BigInt(shifted) << BigInt(exponent) : BigInt(shifted);
  if (magnitude > maxInt64) return undefined;
  const format = base === 2 ? 'BinarySI' : 'DecimalSI';
  const scale = base === 2 ? 0 : exponent;
  if (!isCanonical(base, exponent, scale, shifted)) return new Quantity({ unscaled: magnitude, scale, format });
  return new Quantity({ unscaled: magnitude, scale, format, text });
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

interface SlowParts {
  readonly magnitude: bigint;
  readonly negative: boolean;
  readonly scale: number;
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** Rounds up to nano, caps binary values at 2^63-1. */
function parseSlow(parts: SlowParts): Quantity {
  let magnitude = parts.magnitude * (parts.base === 2 ? 1n << BigInt(parts.exponent) : 1n);
  let scale = parts.scale;
  if (scale < nano && magnitude !== 0n) {
    magnitude = divideUp(magnitude, pow10(nano - scale));
    scale = nano;
  }
  const unit = pow10(Math.max(-scale, 0));
  let format = parts.format;
  if (format === 'BinarySI' && magnitude > maxInt64 * unit) {
    magnitude = maxInt64;
    scale = 0;
  } else if (format === 'BinarySI' && magnitude > 0n && magnitude < unit) {
    format = 'DecimalSI';
  }
  return new Quantity({ unscaled: parts.negative ? -magnitude : magnitude, scale, format, isDecimal: true });
}

/** A quantity of whole units. */
export function newQuantity(value: number | bigint, format: QuantityFormat): Quantity {
  return new Quantity({ unscaled: BigInt(value), scale: 0, format });
}

/** A quantity of thousandths. */
export function newMilliQuantity(value: number | bigint, format: QuantityFormat): Quantity {
  return new Quantity({ unscaled: BigInt(value), scale: -3, format });
}

/** The text the API server stores for a quantity. @throws QuantityError */
export function canonicalQuantity(source: string | number): string {
  return parseQuantity(source).toString();
}
