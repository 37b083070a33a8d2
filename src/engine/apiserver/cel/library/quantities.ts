/** Quantities and versions. Upstream: apiserver/pkg/cel/library/{quantity,semverlib}.go */
import { parseQuantity, QuantityError, type Quantity } from '../../../../apimachinery/quantity.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque } from '../values.ts';

class CelQuantity extends CelOpaque {
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelQuantity && this.quantity.cmp(other.quantity) === 0;
  }
}

function readQuantity(text: string): CelQuantity | string {
  try {
    return new CelQuantity(parseQuantity(text));
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

function integerOf({ quantity: value }: CelQuantity): bigint | undefined {
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
