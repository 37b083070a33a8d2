import { describe, expect, it } from 'vitest';
import { Sim } from '../sim/sim.ts';
import { Internet, isPublicName } from './internet.ts';

it.each([
  ['kubernetes.io', true],
  ['www.google.com', true],
  ['info.cern.ch', true],
  ['example.com', true],
  ['www.example.com', true],
  ['my.database.example.com', false],
  ['kubernetes', false],
  ['web.default.svc.cluster.local', false],
  ['printer.local', false],
  ['thing.invalid', false],
  ['nonexistent.com', false],
  ['does-not-exist.org', false],
  ['-bad-.com', false],
])('whether the world knows %s: %s', (name, expected) => expect(isPublicName(name)).toBe(expected));

describe('the world outside', () => {
  const world = () =>
    new Internet(new Sim({ seed: 'outside', epochMs: 0 }), () => {
      throw new Error('nobody asks its hosts');
    });
  it('gives each name one address and each address its name', () => {
    const internet = world();
    const [record] = internet.answer('Kubernetes.io.', 'A').records;
    if (record?.type !== 'A') throw new Error('no address');
    expect(record).toEqual({ type: 'A', name: 'kubernetes.io', ttl: 300, address: record.address });
    expect(record.address).toMatch(/^198\.1[89]\./);
    expect(internet.answer('kubernetes.io', 'A').records).toEqual([record]);
    const reverse = `${record.address.split('.').reverse().join('.')}.in-addr.arpa`;
    expect(internet.answer(reverse, 'PTR').records).toEqual([
      { type: 'PTR', name: reverse, ttl: 300, target: 'kubernetes.io' },
    ]);
  });
  it('has no addresses of version 6, no names that do not exist, and nobody at addresses that nobody asked for', () => {
    const internet = world();
    expect(internet.answer('kubernetes.io', 'AAAA')).toEqual({ rcode: 'NOERROR', records: [] });
    expect(internet.answer('nowhere.invalid', 'A')).toEqual({ rcode: 'NXDOMAIN', records: [] });
    expect(internet.hostAt('198.18.0.1')).toBeUndefined();
    expect(internet.isNameServer('8.8.8.8')).toBe(true);
  });
});
