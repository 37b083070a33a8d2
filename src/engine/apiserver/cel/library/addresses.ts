/** IP addresses and ranges. Upstream: apiserver/pkg/cel/library/{ip,cidr}.go */
import {
  cidrContains,
  formatIp,
  isIPv4Mapped,
  maskIp,
  parseIp,
  sameIp,
  type IpBytes,
} from '../../../../apimachinery/ip-address.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { addressError } from './address-errors.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelOpaque } from '../values.ts';

class CelIP extends CelOpaque {
  readonly typeName = 'net.IP';
  readonly bytes: IpBytes;
  readonly isV4: boolean;

  constructor(bytes: IpBytes, isV4: boolean) {
    super();
    this.bytes = bytes;
    this.isV4 = isV4;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelIP && this.isV4 === other.isV4 && sameIp(this.bytes, other.bytes);
  }

  override toString(): string {
    return formatIp(this.bytes);
  }
}

class CelCIDR extends CelOpaque {
  readonly typeName = 'net.CIDR';
  readonly ip: CelIP;
  readonly prefixLength: number;

  constructor(ip: CelIP, prefixLength: number) {
    super();
    this.ip = ip;
    this.prefixLength = prefixLength;
  }

  override equals(other: CelOpaque): boolean {
    return other instanceof CelCIDR && this.prefixLength === other.prefixLength && this.ip.equals(other.ip);
  }

  override toString(): string {
    return `${String(this.ip)}/${this.prefixLength}`;
  }

  contains(ip: CelIP): boolean {
    return (
      ip.isV4 === this.ip.isV4 && cidrContains({ address: this.ip.bytes, prefixLength: this.prefixLength }, ip.bytes)
    );
  }
}

/** The address, or what is wrong with the text. */
function readIP(text: string): CelIP | string {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  const bytes = parseIp(bare);
  if (!bytes) return `IP Address ${quote(text)} parse error during conversion from string: ${addressError(text)}`;
  if (zone >= 0) return `IP address ${quote(text)} with zone value is not allowed`;
  const isV4 = !text.includes(':');
  if (!isV4 && isIPv4Mapped(bytes)) return `IPv4-mapped IPv6 address ${quote(text)} is not allowed`;
  return new CelIP(bytes, isV4);
}

function ip(text: string): CelIP {
  const read = readIP(text);
  if (typeof read === 'string') throw new CelError(read);
  return read;
}

function readCIDR(text: string): CelCIDR | string {
  const failure = (why: string) => {
    const parsing = 'network address parse error during conversion from string: ';
    return `${parsing}${parsing}netip.ParsePrefix(${quote(text)}): ${why}`;
  };
  const slash = text.lastIndexOf('/');
  if (slash < 0) return failure("no '/'");
  const bare = text.slice(0, slash);
  if (!parseIp(bare.split('%', 1)[0] ?? '')) return failure(addressError(bare));
  if (bare.includes('%')) return failure('IPv6 zones cannot be present in a prefix');
  const address = readIP(bare);
  if (typeof address === 'string') return address;
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]*)$/.test(bits)) return failure(`bad bits after slash: ${quote(bits)}`);
  if (Number(bits) > (address.isV4 ? 32 : 128)) return failure('prefix length out of range');
  return new CelCIDR(address, Number(bits));
}

function cidr(text: string): CelCIDR {
  const read = readCIDR(text);
  if (typeof read === 'string') throw new CelError(read);
  return read;
}

/** The bytes that tell an address's kind: four for IPv4. */
const octets = ({ bytes, isV4 }: CelIP): readonly number[] => (isV4 ? bytes.slice(-4) : bytes);
const isUnspecified = (value: CelIP): boolean => octets(value).every((byte) => byte === 0);
const isLoopback = (value: CelIP): boolean =>
  value.isV4 ? octets(value)[0] === 127 : octets(value).every((byte, i) => byte === (i === 15 ? 1 : 0));
const isMulticast = (value: CelIP): boolean =>
  value.isV4 ? ((octets(value)[0] ?? 0) & 0xf0) === 0xe0 : octets(value)[0] === 0xff;
const isLinkLocalMulticast = (value: CelIP): boolean => {
  const [a = 0, b = 0, c = 0] = octets(value);
  return value.isV4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02;
};
const isLinkLocalUnicast = (value: CelIP): boolean => {
  const [a = 0, b = 0] = octets(value);
  return value.isV4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80;
};
const isBroadcast = (value: CelIP): boolean => value.isV4 && octets(value).every((byte) => byte === 255);
const isGlobalUnicast = (value: CelIP): boolean =>
  !isBroadcast(value) &&
  !isUnspecified(value) &&
  !isLoopback(value) &&
  !isMulticast(value) &&
  !isLinkLocalUnicast(value);

const containsCIDR = (outer: CelCIDR, inner: CelCIDR): boolean =>
  outer.prefixLength <= inner.prefixLength && outer.contains(inner.ip);

/** What cannot be read fits no overload. */
function known<T>(read: T | string): T {
  if (typeof read === 'string') throw new CelError('no such overload');
  return read;
}

export const addresses: readonly Overload[] = [
  overload('ip', '(string) -> net.IP', ip),
  overload('isIP', '(string) -> bool', (text: string) => typeof readIP(text) !== 'string'),
  overload('ip.isCanonical', '(string) -> bool', (text: string) => String(ip(text)) === text),
  overload('family', 'net.IP.() -> int', (value: CelIP) => (value.isV4 ? 4n : 6n)),
  overload('isUnspecified', 'net.IP.() -> bool', isUnspecified),
  overload('isLoopback', 'net.IP.() -> bool', isLoopback),
  overload('isLinkLocalMulticast', 'net.IP.() -> bool', isLinkLocalMulticast),
  overload('isLinkLocalUnicast', 'net.IP.() -> bool', isLinkLocalUnicast),
  overload('isGlobalUnicast', 'net.IP.() -> bool', isGlobalUnicast),
  overload('cidr', '(string) -> net.CIDR', cidr),
  overload('isCIDR', '(string) -> bool', (text: string) => typeof readCIDR(text) !== 'string'),
  overload('ip', 'net.CIDR.() -> net.IP', (value: CelCIDR) => value.ip),
  overload('prefixLength', 'net.CIDR.() -> int', (value: CelCIDR) => BigInt(value.prefixLength)),
  overload(
    'masked',
    'net.CIDR.() -> net.CIDR',
    (value: CelCIDR) =>
      new CelCIDR(new CelIP(maskIp(value.ip.bytes, value.prefixLength), value.ip.isV4), value.prefixLength),
  ),
  overload('containsIP', 'net.CIDR.(net.IP) -> bool', (value: CelCIDR, other: CelIP) => value.contains(other)),
  overload('containsIP', 'net.CIDR.(string) -> bool', (value: CelCIDR, other: string) =>
    value.contains(known(readIP(other))),
  ),
  overload('containsCIDR', 'net.CIDR.(net.CIDR) -> bool', containsCIDR),
  overload('containsCIDR', 'net.CIDR.(string) -> bool', (value: CelCIDR, other: string) =>
    containsCIDR(value, known(readCIDR(other))),
  ),
];
