import { expect, it } from 'vitest';
import { CidrSet } from './node-ipam-controller.ts';

// Upstream: pkg/controller/nodeipam/ipam/cidrset/cidr_set_test.go TestIndexToCIDRBlock, TestCIDRSetFullyAllocated (v1.36)
it.each([
  { cidr: '127.123.3.0/16', mask: 24, expected: ['127.123.0.0/24', '127.123.1.0/24'] },
  { cidr: '10.0.0.0/8', mask: 16, expected: ['10.0.0.0/16', '10.1.0.0/16'] },
  { cidr: '127.123.0.0/29', mask: 30, expected: ['127.123.0.0/30', '127.123.0.4/30'] },
])('$cidr in parts of $mask', ({ cidr, mask, expected }) => {
  const set = new CidrSet(cidr, mask);
  expect([set.allocate(), set.allocate()]).toEqual(expected);
});

it('gives nothing when all is given, and again what came back', () => {
  const set = new CidrSet('127.123.234.0/30', 31);
  expect([set.allocate(), set.allocate(), set.allocate()]).toEqual(['127.123.234.0/31', '127.123.234.2/31', undefined]);
  set.release('127.123.234.0/31');
  expect(set.allocate()).toBe('127.123.234.0/31');
});

// Upstream: TestCIDRSet_AllocationOccupied, TestDoubleOccupyRelease
it('passes over what somebody has, and does not mind being told twice', () => {
  const set = new CidrSet('10.42.0.0/22', 24);
  for (const cidr of ['10.42.0.0/24', '10.42.0.0/24', '10.42.2.0/24', '10.99.0.0/24']) set.occupy(cidr);
  expect([set.allocate(), set.allocate(), set.allocate()]).toEqual(['10.42.1.0/24', '10.42.3.0/24', undefined]);
  set.release('10.42.2.0/24');
  set.release('10.42.2.0/24');
  expect([set.allocate(), set.allocate()]).toEqual(['10.42.2.0/24', undefined]);
});
