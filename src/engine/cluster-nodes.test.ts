import { expect, it } from 'vitest';
import { apiServerEndpoints } from './cluster-nodes.ts';

it('leads to the API server in both kinds of endpoints', () => {
  const [endpoints, slice] = apiServerEndpoints('172.18.0.2').map(({ object }) => object as Record<string, unknown>);
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
  expect(endpoints?.['subsets']).toEqual([{ addresses: [{ ip: '172.18.0.2' }], ports }]);
  expect(slice?.['endpoints']).toEqual([{ addresses: ['172.18.0.2'], conditions: { ready: true } }]);
  expect(slice?.['ports']).toEqual(ports);
});
