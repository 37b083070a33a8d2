import { describe, expect, it } from 'vitest';
import type * as networkingv1 from '../../../../api/networking/v1.ts';
import {
  calculateRangeOffset,
  ipNumber,
  ipText,
  nextIP,
  parseRange,
  rangeOf,
  readyRanges,
} from './service-ip-ranges.ts';

const lowest = () => 0;
const range = (cidr: string) => {
  const parsed = parseRange(cidr);
  if (!parsed) throw new Error(cidr);
  return parsed;
};

describe('ranges of addresses of Services', () => {
  it.each([
    ['10.96.0.0/16', '10.96.0.1', '10.96.1.1', '10.96.255.254'],
    ['10.96.0.0/28', '10.96.0.1', '10.96.0.1', '10.96.0.14'],
    ['192.168.0.0/24', '192.168.0.1', '192.168.0.17', '192.168.0.254'],
  ])('%s gives %s to %s when asked, and up to %s', (cidr, first, dynamic, last) => {
    const parsed = range(cidr);
    expect([parsed.first, parsed.dynamic, parsed.last].map(ipText)).toEqual([first, dynamic, last]);
  });

  // Upstream: ipallocator/bitmap_test.go TestCalculateRangeOffset
  it.each([
    [16, 0],
    [32, 16],
    [256, 16],
    [512, 32],
    [4096, 256],
    [65_536, 256],
  ])('of %i addresses the first %i are for who asks', (size, offset) =>
    expect(calculateRangeOffset(size)).toBe(offset),
  );

  it('the lower part is given when the upper one is full', () => {
    const small = range('10.0.0.0/27');
    const upper = Array.from({ length: 14 }, (_, i) => `10.0.0.${17 + i}`);
    expect(nextIP(small, new Set(), lowest)).toBe('10.0.0.17');
    expect(nextIP(small, new Set(upper), lowest)).toBe('10.0.0.1');
    expect(nextIP(range('10.0.0.0/30'), new Set(['10.0.0.1', '10.0.0.2']), lowest)).toBeUndefined();
  });

  it('an address of the network or of broadcast is in no range', () => {
    const ranges = [range('10.0.0.0/24')];
    const has = (ip: string) => rangeOf(ranges, ipNumber(ip) ?? 0) !== undefined;
    expect(['10.0.0.0', '10.0.0.1', '10.0.0.254', '10.0.0.255', '10.0.1.1'].map(has)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('ranges that are not ready or going give none', () => {
    const cidr = (name: string, cidrs: string[], status?: 'True' | 'False', deletionTimestamp?: string) =>
      ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
        spec: { cidrs },
        ...(status
          ? { status: { conditions: [{ type: 'Ready', status, reason: '', message: '', lastTransitionTime: '' }] } }
          : {}),
      }) satisfies networkingv1.ServiceCIDR;
    const all = [
      cidr('a', ['10.0.0.0/24'], 'True'),
      cidr('b', ['10.1.0.0/24'], 'False'),
      cidr('c', ['10.2.0.0/24', 'fd00::/112']),
      cidr('d', ['10.3.0.0/24'], 'True', '2026-01-01T00:00:00Z'),
      cidr('e', ['10.0.0.0/24'], 'True'),
    ];
    expect(readyRanges(all).map((one) => one.cidr)).toEqual(['10.0.0.0/24', '10.2.0.0/24']);
  });
});
