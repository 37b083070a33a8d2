/** Quantities and versions. Upstream: apiserver/pkg/cel/library/{quantity,semverlib}.go */
import { parseQuantity, QuantityError, type Quantity } from '../../../../apimachinery/quantity.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque } from '../values.ts';

class CelQuantity extends CelOpaque {
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;
  /** Whether upstream holds the amount as an integer of 64 bits and a power of ten, which may be none of a tenth. */
  readonly isWhole: boolean;

  constructor(quantity: Quantity, isWhole = true) {
    super();
    this.quantity = quantity;
    this.isWhole = isWhole;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelQuantity && this.quantity.cmp(other.quantity) === 0;
  }
}

function readQuantity(text: string): CelQuantity | string {
  try {
    return new CelQuantity(parseQuantity(text), isHeldWhole(text));
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return error.message;
  }
}

function quantity(text: string): CelQuantity {
  const read = readQuantity(text);
  if (typeof read === 'string') throw new CelError(read);
  return read;
}

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const mostDigits = 18;

/**
 * Whether parsing leaves an integer that `asInteger` gives: not of texts with digits behind the point that the suffix does not take up,
 * nor of those with many digits, nor of the large binary ones.
 *
 * Upstream: apimachinery/pkg/api/resource/quantity.go ParseQuantity, AsInt64 (v1.36)
 */
function isHeldWhole(text: string): boolean {
  const [, whole = '', tenths = '', suffix = ''] = /^[+-]?0*(\d*)(?:\.(\d*))?(.*)$/.exec(text) ?? [];
  const binary = suffix.endsWith('i') ? 'KMGTPE'.indexOf(suffix.charAt(0)) + 1 : 0;
  if (binary > 0) return tenths === '' && 14 - whole.length - 3 * binary >= 0;
  const exponent = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : (decimalExponents[suffix] ?? 0);
  return whole.length + tenths.length <= mostDigits && exponent >= tenths.length;
}

function integerOf({ quantity: value, isWhole }: CelQuantity): bigint | undefined {
  if (!isWhole) return undefined;
  const rounded = value.value();
  const exact = BigInt(rounded);
  return parseQuantity(exact.toString()).cmp(value) === 0 ? exact : undefined;
}

function asInteger(value: CelQuantity): bigint {
  const exact = integerOf(value);
  if (exact === undefined) throw new CelError('cannot convert value to integer');
  return exact;
}

const approximate = ({ quantity: value }: CelQuantity): number => Number(value.milliValue()) / 1000;
const compare = (a: CelQuantity, b: CelQuantity): number => a.quantity.cmp(b.quantity);
const asQuantity = (value: bigint): CelQuantity => new CelQuantity(parseQuantity(value.toString()));
const plus = (a: CelQuantity, b: CelQuantity): CelQuantity => new CelQuantity(a.quantity.add(b.quantity));
const minus = (a: CelQuantity, b: CelQuantity): CelQuantity => new CelQuantity(a.quantity.sub(b.quantity));

const type = 'kubernetes.Quantity';
export const quantities: readonly Overload[] = [
  overload('quantity', `(string) -> ${type}`, quantity),
  overload('isQuantity', '(string) -> bool', (text: string) => typeof readQuantity(text) !== 'string'),
  overload('sign', `(${type}) -> int`, (value: CelQuantity) => BigInt(compare(value, asQuantity(0n)))),
  overload('isInteger', `${type}.() -> bool`, (value: CelQuantity) => integerOf(value) !== undefined),
  overload('asInteger', `${type}.() -> int`, asInteger),
  overload('asApproximateFloat', `${type}.() -> double`, approximate),
  overload('isGreaterThan', `${type}.(${type}) -> bool`, (a: CelQuantity, b: CelQuantity) => compare(a, b) > 0),
  overload('isLessThan', `${type}.(${type}) -> bool`, (a: CelQuantity, b: CelQuantity) => compare(a, b) < 0),
  overload('compareTo', `${type}.(${type}) -> int`, (a: CelQuantity, b: CelQuantity) => BigInt(compare(a, b))),
  overload('add', `${type}.(${type}) -> ${type}`, plus),
  overload('add', `${type}.(int) -> ${type}`, (a: CelQuantity, b: bigint) => plus(a, asQuantity(b))),
  overload('sub', `${type}.(${type}) -> ${type}`, minus),
  overload('sub', `${type}.(int) -> ${type}`, (a: CelQuantity, b: bigint) => minus(a, asQuantity(b))),
];
