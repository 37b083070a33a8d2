import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';

/** Quantities by resource name, as the API holds them. */
export type ResourceList = Readonly<Record<string, string>>;

const digit0 = 48;
const binaryFactors: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 };

/** The leading whole number of a plain quantity (`250m`, `64Mi`, `4`), or -1 when it is not that plain. */
function plainNumber(text: string, length: number): number {
  if (length === 0 || length > 12) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - digit0;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A quantity in thousandths, rounded up. */
export function milliValueOf(text: string): number {
  const isMilli = text.endsWith('m');
  const number = plainNumber(text, isMilli ? text.length - 1 : text.length);
  if (number >= 0) return isMilli ? number : number * 1000;
  return parseQuantity(text).milliValue();
}

/** A quantity in units, rounded up. */
export function valueOf(text: string): number {
  const whole = plainNumber(text, text.length);
  if (whole >= 0) return whole;
  const factor = binaryFactors[text.slice(-2)];
  const number = factor === undefined ? -1 : plainNumber(text, text.length - 2);
  return factor !== undefined && number >= 0 ? number * factor : parseQuantity(text).value();
}

const nativePrefix = 'kubernetes.io/';

/** Upstream: pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName (v1.36) */
export function isExtendedResourceName(name: string): boolean {
  return name.includes('/') && !name.includes(nativePrefix) && !name.startsWith('requests.');
}

/** Upstream: pkg/scheduler/util/utils.go IsScalarResourceName (v1.36) */
export function isScalarResourceName(name: string): boolean {
  return (
    isExtendedResourceName(name) ||
    name.startsWith('hugepages-') ||
    name.includes(nativePrefix) ||
    name.startsWith('attachable-volumes-')
  );
}

/**
 * Amounts as numbers: cpu in thousandths, the rest in units.
 *
 * Upstream: pkg/scheduler/framework/types.go Resource (v1.36)
 */
export class Resource {
  milliCpu = 0;
  memory = 0;
  ephemeralStorage = 0;
  allowedPodNumber = 0;
  /** Extended resources, huge pages and attachable volumes; undefined while there are none. */
  scalars: Map<string, number> | undefined = undefined;

  static of(list: ResourceList | undefined): Resource {
    const resource = new Resource();
    for (const name in list) resource.addQuantity(name, list[name] as string);
    return resource;
  }

  clone(): Resource {
    const copy = new Resource();
    copy.milliCpu = this.milliCpu;
    copy.memory = this.memory;
    copy.ephemeralStorage = this.ephemeralStorage;
    copy.allowedPodNumber = this.allowedPodNumber;
    if (this.scalars) copy.scalars = new Map(this.scalars);
    return copy;
  }
  scalar(name: string): number {
    return this.scalars?.get(name) ?? 0;
  }
  /** Whether nothing is asked for, pods aside. */
  get isZero(): boolean {
    return this.milliCpu === 0 && this.memory === 0 && this.ephemeralStorage === 0 && !this.scalars?.size;
  }
  /** Equal for equal amounts. */
  get text(): string {
    const native = `${this.milliCpu},${this.memory},${this.ephemeralStorage}`;
    return this.scalars?.size
      ? `${native},${JSON.stringify([...this.scalars].sort(([a], [b]) => compareStrings(a, b)))}`
      : native;
  }
  get(name: string): number {
    switch (name) {
      case 'cpu':
        return this.milliCpu;
      case 'memory':
        return this.memory;
      case 'ephemeral-storage':
        return this.ephemeralStorage;
      case 'pods':
        return this.allowedPodNumber;
      default:
        return this.scalar(name);
    }
  }
  set(name: string, amount: number): void {
    switch (name) {
      case 'cpu':
        this.milliCpu = amount;
        return;
      case 'memory':
        this.memory = amount;
        return;
      case 'ephemeral-storage':
        this.ephemeralStorage = amount;
        return;
      case 'pods':
        this.allowedPodNumber = amount;
        return;
      default:
        if (isScalarResourceName(name)) (this.scalars ??= new Map()).set(name, amount);
    }
  }
  addQuantity(name: string, quantity: string): void {
    this.set(name, this.get(name) + (name === 'cpu' ? milliValueOf(quantity) : valueOf(quantity)));
  }
  /** Adds another's amounts `sign` times. */
  add(other: Resource, sign = 1): void {
    this.milliCpu += sign * other.milliCpu;
    this.memory += sign * other.memory;
    this.ephemeralStorage += sign * other.ephemeralStorage;
    if (!other.scalars) return;
    const scalars = (this.scalars ??= new Map());
    for (const [name, amount] of other.scalars) scalars.set(name, (scalars.get(name) ?? 0) + sign * amount);
  }
  /** Takes the greater amount of each. */
  max(other: Resource): void {
    this.milliCpu = Math.max(this.milliCpu, other.milliCpu);
    this.memory = Math.max(this.memory, other.memory);
    this.ephemeralStorage = Math.max(this.ephemeralStorage, other.ephemeralStorage);
    if (!other.scalars) return;
    const scalars = (this.scalars ??= new Map());
    for (const [name, amount] of other.scalars) scalars.set(name, Math.max(scalars.get(name) ?? 0, amount));
  }
}
