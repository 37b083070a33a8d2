/**
 * The ranges that Services' addresses come from: one a ServiceCIDR, IPv4.
 *
 * Upstream: pkg/registry/core/service/ipallocator (v1.36)
 */
import type * as networkingv1 from '../../../../api/networking/v1.ts';
import { parseCidr, parseIpSloppy } from '../../../../apimachinery/ip-address.ts';

/** Addresses as numbers: those that Services may have are `first` to `last`; below `dynamic` only who asks for them gets them first. */
export interface ServiceIPRange {
  readonly cidr: string;
  readonly network: number;
  readonly first: number;
  readonly dynamic: number;
  readonly last: number;
}

const toNumber = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** The number of an IPv4 address; undefined for what is none. */
export function ipNumber(ip: string): number | undefined {
  const bytes = parseIpSloppy(ip);
  return bytes?.length === 4 ? toNumber(bytes) : undefined;
}

/** `10.96.0.1`. */
export function ipText(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join('.');
}

/** Undefined for what is no IPv4 range. */
export function parseRange(cidr: string): ServiceIPRange | undefined {
  const parsed = parseCidr(cidr);
  if (parsed?.address.length !== 4) return undefined;
  const network = toNumber(parsed.address);
  const size = 2 ** (32 - parsed.prefixLength);
  const first = network + 1;
  return { cidr, network, first, dynamic: first + calculateRangeOffset(size), last: network + size - 2 };
}

/** Upstream: calculateRangeOffset (v1.36) */
export function calculateRangeOffset(size: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(Math.floor(size / 16), 16), 256);
}

/** The ranges that give addresses, in the order of their ServiceCIDRs. Upstream: syncAllocators (v1.36) */
export function readyRanges(serviceCIDRs: readonly networkingv1.ServiceCIDR[]): readonly ServiceIPRange[] {
  const ready = serviceCIDRs.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      (status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True',
  );
  const cidrs = new Set(ready.flatMap(({ spec }) => spec?.cidrs ?? []));
  return [...cidrs].flatMap((cidr) => parseRange(cidr) ?? []);
}

/** A range that may give this address. */
export function rangeOf(ranges: readonly ServiceIPRange[], ip: number): ServiceIPRange | undefined {
  return ranges.find(({ first, last }) => first <= ip && ip <= last);
}

/**
 * An address that nobody has: from a chance place in the upper part on, then in the lower part. Undefined when all are given.
 *
 * Upstream: allocateNextService (v1.36)
 */
export function nextIP(
  { first, dynamic, last }: ServiceIPRange,
  taken: ReadonlySet<string>,
  chance: (bound: number) => number,
): string | undefined {
  return (
    freeBetween(dynamic, last, taken, chance) ??
    (dynamic > first ? freeBetween(first, dynamic - 1, taken, chance) : undefined)
  );
}

function freeBetween(
  first: number,
  last: number,
  taken: ReadonlySet<string>,
  chance: (bound: number) => number,
): string | undefined {
  const size = last - first + 1;
  if (size <= 0) return undefined;
  const start = chance(size);
  for (let i = 0; i < size; i++) {
    const ip = ipText(first + ((start + i) % size));
    if (!taken.has(ip)) return ip;
  }
  return undefined;
}
