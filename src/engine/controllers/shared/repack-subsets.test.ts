import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { repackSubsets } from './repack-subsets.ts';

const a = (ip: string, uid?: string): corev1.EndpointAddress => ({ ip, ...(uid ? { targetRef: { uid } } : {}) });
const p = (port: number): corev1.EndpointPort => ({ port });

// Upstream: pkg/api/v1/endpoints/util_test.go TestPackSubsets (v1.36)
it.each([
  { name: 'empty everything', given: [{ addresses: [], ports: [] }], expected: [] },
  { name: 'empty addresses', given: [{ addresses: [], ports: [p(111)] }], expected: [] },
  { name: 'empty ports', given: [{ addresses: [a('1.2.3.4')] }], expected: [{ addresses: [a('1.2.3.4')] }] },
  {
    name: 'one set, one ip, one port',
    given: [{ addresses: [a('1.2.3.4')], ports: [p(111)] }],
    expected: [{ addresses: [a('1.2.3.4')], ports: [p(111)] }],
  },
  {
    name: 'one set, one ip, one UID',
    given: [{ addresses: [a('1.2.3.4', 'uid-1')], ports: [p(111)] }],
    expected: [{ addresses: [a('1.2.3.4', 'uid-1')], ports: [p(111)] }],
  },
  {
    name: 'one set, dup ips, one port',
    given: [{ addresses: [a('1.2.3.4'), a('1.2.3.4')], ports: [p(111)] }],
    expected: [{ addresses: [a('1.2.3.4')], ports: [p(111)] }],
  },
  {
    name: 'one set, dup ips, two UIDs',
    given: [{ addresses: [a('1.2.3.4', 'uid-1'), a('1.2.3.4', 'uid-2')], ports: [p(111)] }],
    expected: [{ addresses: [a('1.2.3.4', 'uid-1'), a('1.2.3.4', 'uid-2')], ports: [p(111)] }],
  },
  {
    name: 'two sets, dup ip, dup port',
    given: [
      { addresses: [a('1.2.3.4')], ports: [p(111)] },
      { addresses: [a('1.2.3.4')], ports: [p(111)] },
    ],
    expected: [{ addresses: [a('1.2.3.4')], ports: [p(111)] }],
  },
  {
    name: 'two sets, two ips, dup port',
    given: [
      { addresses: [a('5.6.7.8')], ports: [p(111)] },
      { addresses: [a('1.2.3.4')], ports: [p(111)] },
    ],
    expected: [{ addresses: [a('1.2.3.4'), a('5.6.7.8')], ports: [p(111)] }],
  },
  {
    name: 'two sets, two ips, dup port, one not-ready',
    given: [
      { addresses: [a('1.2.3.4')], ports: [p(111)] },
      { notReadyAddresses: [a('5.6.7.8')], ports: [p(111)] },
    ],
    expected: [{ addresses: [a('1.2.3.4')], notReadyAddresses: [a('5.6.7.8')], ports: [p(111)] }],
  },
  {
    name: 'two sets, dup ip, dup port, one not-ready: ready anywhere is ready',
    given: [
      { addresses: [a('1.2.3.4')], ports: [p(111)] },
      { notReadyAddresses: [a('1.2.3.4')], ports: [p(111)] },
    ],
    expected: [{ addresses: [a('1.2.3.4')], ports: [p(111)] }],
  },
])('repackSubsets: $name', ({ given, expected }) => {
  expect(repackSubsets(given)).toEqual(expected);
});

it('repackSubsets: two sets, dup ip, two ports become one', () => {
  const [subset, ...more] = repackSubsets([
    { addresses: [a('1.2.3.4')], ports: [p(111)] },
    { addresses: [a('1.2.3.4')], ports: [p(222)] },
  ]);
  expect(more).toEqual([]);
  expect(subset?.ports?.map(({ port }) => port).sort()).toEqual([111, 222]);
});
