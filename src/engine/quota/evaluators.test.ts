import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { evaluatorOf } from './evaluators.ts';
import { formatResourceList } from '../../api/core/resource-list.ts';

const usage = (group: string, resource: string, spec: object): Record<string, string> =>
  formatResourceList(
    evaluatorOf(group, resource)?.usage({ metadata: { name: 'a' }, spec } as KubernetesObject, 0) ?? new Map(),
  );

const claim = (...requests: readonly object[]) => usage('resource.k8s.io', 'resourceclaims', { devices: { requests } });
const gpus = 'gpu.deviceclass.resource.k8s.io/devices';
const tpus = 'tpu.deviceclass.resource.k8s.io/devices';
const count = 'count/resourceclaims.resource.k8s.io';

/** Upstream: pkg/quota/v1/evaluator/core/resource_claims_test.go */
it.each([
  ['no devices', claim(), { [count]: '1' }],
  [
    'a count',
    claim({ exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 5 } }),
    { [count]: '1', [gpus]: '5' },
  ],
  ['all', claim({ exactly: { deviceClassName: 'gpu', allocationMode: 'All' } }), { [count]: '1', [gpus]: '32' }],
  [
    'a mode that is not known',
    claim({ exactly: { deviceClassName: 'gpu', allocationMode: 'X', count: 5 } }),
    { [count]: '1', [gpus]: '0' },
  ],
  [
    'the greatest of alternatives, by class',
    claim(
      {
        firstAvailable: [
          { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 2 },
          { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 3 },
          { deviceClassName: 'tpu', allocationMode: 'ExactCount', count: 1 },
        ],
      },
      { exactly: { deviceClassName: 'tpu', allocationMode: 'ExactCount', count: 1 } },
    ),
    { [count]: '1', [gpus]: '3', [tpus]: '2' },
  ],
])('a claim uses: %s', (_, found, expected) => expect(found).toEqual(expected));

it.each([
  ['ClusterIP', { ports: [{}, {}] }, '0', '0'],
  ['NodePort', { type: 'NodePort', ports: [{}, {}] }, '0', '2'],
  ['LoadBalancer', { type: 'LoadBalancer', ports: [{}, {}] }, '1', '2'],
  [
    'LoadBalancer without node ports',
    { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{}, { nodePort: 3 }] },
    '1',
    '1',
  ],
])('a service uses: %s', (_, spec, loadBalancers, nodePorts) =>
  expect(usage('', 'services', spec)).toEqual({
    'count/services': '1',
    services: '1',
    'services.loadbalancers': loadBalancers,
    'services.nodeports': nodePorts,
  }),
);
