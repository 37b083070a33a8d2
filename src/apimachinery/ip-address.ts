/** An IP address: 4 or 16 bytes. */
export type IpBytes = readonly number[];

/** A CIDR block as written: the address is not masked. */
export interface Cidr {
  readonly address: IpBytes;
  readonly prefixLength: number;
}

function parseIPv4(text: string, allowLeadingZeros: boolean): IpBytes | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^[0-9]+$/.test(part) || (part.length > 1 && part.startsWith('0') && !allowLeadingZeros)) return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    bytes.push(value);
  }
  return bytes;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  for (const group of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    out.push(value >> 8, value & 0xff);
  }
  return out;
}

function parseIPv6(text: string, allowLeadingZeros: boolean): IpBytes | undefined {
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  let head = text;
  let embedded: IpBytes = [];
  if (tail.includes('.')) {
    const v4 = parseIPv4(tail, allowLeadingZeros);
    if (v4 === undefined) return undefined;
    embedded = v4;
    head = text.slice(0, lastColon);
    if (head.endsWith(':')) head += ':';
  }
  const halves = head.split('::');
  if (halves.length > 2) return undefined;
  const left = parseGroups(halves[0] ?? '');
  const right = parseGroups(halves[1] ?? '');
  if (left === undefined || right === undefined) return undefined;
  const missing = 16 - left.length - right.length - embedded.length;
  if (halves.length === 1) return missing === 0 && left.length > 0 ? [...left, ...embedded] : undefined;
  return missing >= 2 ? [...left, ...Array.from({ length: missing }, () => 0), ...right, ...embedded] : undefined;
}

/** Whether a 16-byte address is an IPv4 one in IPv6 form. */
export function isIPv4Mapped(bytes: IpBytes): boolean {
  return bytes.length === 16 && bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/**
 * Reads an address strictly, as Go's netip.ParseAddr without zones. IPv4-mapped IPv6 stays 16 bytes.
 *
 * @returns undefined when it is none
 */
export function parseIp(text: string): IpBytes | undefined {
  return text.includes(':') ? parseIPv6(text, false) : parseIPv4(text, false);
}

/**
 * Reads an address as the API always did: IPv4 numbers may have leading zeros, IPv4-mapped IPv6 becomes IPv4.
 *
 * @returns undefined when it is none
 *
 * Upstream: k8s.io/utils/net/parse.go ParseIPSloppy (v1.36)
 */
export function parseIpSloppy(text: string): IpBytes | undefined {
  const bytes = text.includes(':') ? parseIPv6(text, true) : parseIPv4(text, true);
  return bytes !== undefined && isIPv4Mapped(bytes) ? bytes.slice(12) : bytes;
}

/** The longest run of two or more zero groups, first of equals: what `::` stands for. */
function zeroRun(groups: readonly number[]): readonly [start: number, end: number] {
  let best: readonly [number, number] = [-1, -1];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start >= 2 && end - start > best[1] - best[0]) best = [start, end];
    if (end > start) start = end;
  }
  return best;
}

/** The canonical text (RFC 5952); IPv4-mapped addresses print as `::ffff:1.2.3.4`. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  if (isIPv4Mapped(bytes)) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  const [start, end] = zeroRun(groups);
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(end))}`;
}

function parsePrefix(text: string, strict: boolean): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const length = text.slice(slash + 1);
  if (!/^[0-9]+$/.test(length) || (strict && length.length > 1 && length.startsWith('0'))) return undefined;
  const source = text.slice(0, slash);
  const bits = source.includes(':') ? 128 : 32;
  const prefixLength = Number(length);
  if (prefixLength > bits) return undefined;
  if (strict) {
    const address = parseIp(source);
    return address === undefined ? undefined : { address, prefixLength };
  }
  const address = source.includes(':') ? parseIPv6(source, true) : parseIPv4(source, true);
  return address === undefined ? undefined : { address, prefixLength };
}

/** Reads `address/length` strictly. @returns undefined when it is none */
export function parseCidr(text: string): Cidr | undefined {
  return parsePrefix(text, true);
}

/** Reads `address/length`, leading zeros allowed. @returns undefined when it is none */
export function parseCidrSloppy(text: string): Cidr | undefined {
  return parsePrefix(text, false);
}

/** The address with the bits past the prefix cleared. */
export function maskIp(bytes: IpBytes, prefixLength: number): IpBytes {
  return bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefixLength - 8 * i));
    return byte & (0xff00 >> kept) & 0xff;
  });
}

/** The canonical text of the block a CIDR lies in. */
export function formatCidr({ address, prefixLength }: Cidr): string {
  const masked = maskIp(address, prefixLength);
  if (isIPv4Mapped(masked) && prefixLength >= 96) return `${formatIp(masked.slice(12))}/${prefixLength - 96}`;
  return `${formatIp(masked)}/${prefixLength}`;
}

/** Whether two addresses are the same bytes. */
export function sameIp(a: IpBytes, b: IpBytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Whether a block holds an address of its own family. */
export function cidrContains({ address, prefixLength }: Cidr, ip: IpBytes): boolean {
  return address.length === ip.length && sameIp(maskIp(address, prefixLength), maskIp(ip, prefixLength));
}
