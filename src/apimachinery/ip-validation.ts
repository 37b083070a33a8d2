// Rules for IP addresses and CIDRs in fields. Upstream: apimachinery/pkg/util/validation/ip.go (v1.36)
import * as field from './field-error.ts';
import type { FieldError, Path } from './field-error.ts';
import { quote } from './go-format.ts';
import {
  formatCidr,
  formatIp,
  isIPv4Mapped,
  maskIp,
  parseCidr,
  parseCidrSloppy,
  parseIp,
  parseIpSloppy,
  sameIp,
} from './ip-address.ts';

function ipErrors(path: Path | undefined, value: string, strict: boolean): FieldError[] {
  if (parseIpSloppy(value) === undefined) {
    return [field.invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  }
  if (!strict) return [];
  const address = parseIp(value);
  if (address === undefined) return [field.invalid(path, value, 'must not have leading 0s')];
  if (isIPv4Mapped(address)) return [field.invalid(path, value, 'must not be an IPv4-mapped IPv6 address')];
  return [];
}

/** An address in an older field, which may be sloppy; `strict` is the behaviour of a feature gate. */
export function isValidIPForLegacyField(
  path: Path | undefined,
  value: string,
  strict: boolean,
  validOldIPs: readonly string[] = [],
): FieldError[] {
  return validOldIPs.includes(value) ? [] : ipErrors(path, value, strict);
}

/** An address that must be canonical. */
export function isValidIP(path: Path | undefined, value: string): FieldError[] {
  const errors = ipErrors(path, value, true);
  if (errors.length > 0) return errors;
  const canonical = formatIp(parseIpSloppy(value) ?? []);
  return value === canonical ? [] : [field.invalid(path, value, `must be in canonical form (${quote(canonical)})`)];
}

/** Warnings about an address that is accepted but should be written differently. */
export function getWarningsForIP(path: Path, value: string): string[] {
  const sloppy = parseIpSloppy(value);
  if (sloppy === undefined) return [];
  const address = parseIp(value);
  if (address === undefined || isIPv4Mapped(address)) {
    return [`${path}: non-standard IP address ${quote(value)} is invalid: use ${quote(formatIp(sloppy))}`];
  }
  const canonical = formatIp(address);
  if (address.length === 4 || canonical === value) return [];
  return [`${path}: IPv6 address ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`];
}

function cidrErrors(path: Path | undefined, value: string, strict: boolean): FieldError[] {
  if (parseCidrSloppy(value) === undefined) {
    return [field.invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
  }
  if (!strict) return [];
  const prefix = parseCidr(value);
  if (prefix === undefined) return [field.invalid(path, value, 'must not have leading 0s in IP or prefix length')];
  if (isIPv4Mapped(prefix.address)) return [field.invalid(path, value, 'must not have an IPv4-mapped IPv6 address')];
  if (!sameIp(prefix.address, maskIp(prefix.address, prefix.prefixLength))) {
    return [field.invalid(path, value, 'must not have bits set beyond the prefix length')];
  }
  return [];
}

/** A CIDR in an older field, which may be sloppy; `strict` is the behaviour of a feature gate. */
export function isValidCIDRForLegacyField(
  path: Path | undefined,
  value: string,
  strict: boolean,
  validOldCIDRs: readonly string[] = [],
): FieldError[] {
  return validOldCIDRs.includes(value) ? [] : cidrErrors(path, value, strict);
}

/** A CIDR that must be canonical. */
export function isValidCIDR(path: Path | undefined, value: string): FieldError[] {
  const errors = cidrErrors(path, value, true);
  const cidr = parseCidrSloppy(value);
  if (errors.length > 0 || cidr === undefined) return errors;
  const canonical = formatCidr(cidr);
  return value === canonical ? [] : [field.invalid(path, value, `must be in canonical form (${quote(canonical)})`)];
}

/** Warnings about a CIDR that is accepted but should be written differently. */
export function getWarningsForCIDR(path: Path, value: string): string[] {
  const cidr = parseCidrSloppy(value);
  if (cidr === undefined) return [];
  const canonical = formatCidr(cidr);
  const warnings: string[] = [];
  if (!sameIp(cidr.address, maskIp(cidr.address, cidr.prefixLength))) {
    const single = `${formatIp(cidr.address)}/${cidr.address.length * 8}`;
    const choice = `should be ${quote(canonical)} or ${quote(single)}?`;
    warnings.push(`${path}: CIDR value ${quote(value)} is ambiguous in this context (${choice})`);
  }
  const strict = parseCidr(value);
  if (strict === undefined || isIPv4Mapped(strict.address)) {
    warnings.push(`${path}: non-standard CIDR value ${quote(value)} is invalid: use ${quote(canonical)}`);
  }
  if (warnings.length === 0 && cidr.address.length === 16 && canonical !== value) {
    warnings.push(
      `${path}: IPv6 CIDR value ${quote(value)} should be in RFC 5952 canonical format (${quote(canonical)})`,
    );
  }
  return warnings;
}

/** An address of an interface, with the length of its network. Upstream: IsValidInterfaceAddress (v1.36) */
export function isValidInterfaceAddress(path: Path | undefined, value: string): FieldError[] {
  const cidr = parseCidrSloppy(value);
  if (cidr === undefined) {
    const why = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';
    return [field.invalid(path, value, why)];
  }
  const mapped = isIPv4Mapped(cidr.address);
  const length = mapped && cidr.prefixLength > 32 ? cidr.prefixLength - 96 : cidr.prefixLength;
  const canonical = `${formatIp(mapped ? cidr.address.slice(12) : cidr.address)}/${length}`;
  return value === canonical ? [] : [field.invalid(path, value, `must be in canonical form (${quote(canonical)})`)];
}
