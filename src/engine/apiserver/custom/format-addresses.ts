import ipaddr from 'ipaddr.js';

/** Four decimal parts without leading zeros. */
export function isValidIpV4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(?:^|\.)0\d/.test(text);
}

/** An address of version 6 without a zone. */
export function isValidIpV6(text: string): boolean {
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text);
}
