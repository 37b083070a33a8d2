import { describe, expect, it } from 'vitest';
import { makeNode, makePod, PluginFixture } from '../plugin-fixture.ts';
import type { ScoringStrategy } from '../resource-scorer.ts';

const cpu = 'Insufficient cpu';
const memory = 'Insufficient memory';
const gpu = 'example.com/gpu';

/** Upstream: plugins/noderesources/fit_test.go testEnoughRequests (v1.36); the node has 10m cpu, 20 bytes, 5 gpus, 32 pods. */
describe('filter', () => {
  const asks = (milliCpu: number, bytes: number, more: Record<string, string> = {}) => ({
    cpu: `${milliCpu}m`,
    memory: `${bytes}`,
    ...more,
  });
  const init = (...requests: Record<string, string>[]) => ({
    initContainers: requests.map((request, i) => ({ name: `i${i}`, resources: { requests: request } })),
  });
  it.each([
    { name: 'no resources requested always fits', used: asks(10, 20), pod: {}, want: 'ok' },
    {
      name: 'too many resources fails',
      used: asks(10, 20),
      pod: { requests: [asks(1, 1)] },
      want: `Unschedulable: ${cpu}, ${memory}`,
    },
    {
      name: 'too many resources fails due to init container cpu',
      used: asks(8, 19),
      pod: { requests: [asks(1, 1)], spec: init(asks(3, 1)) },
      want: `Unschedulable: ${cpu}`,
    },
    {
      name: 'too many resources fails due to highest init container cpu',
      used: asks(8, 19),
      pod: { requests: [asks(1, 1)], spec: init(asks(3, 1), asks(2, 1)) },
      want: `Unschedulable: ${cpu}`,
    },
    {
      name: 'too many resources fails due to init container memory',
      used: asks(9, 19),
      pod: { requests: [asks(1, 1)], spec: init(asks(1, 3)) },
      want: `Unschedulable: ${memory}`,
    },
    {
      name: "init container fits because it's the max, not sum, of containers and init containers",
      used: asks(9, 19),
      pod: { requests: [asks(1, 1)], spec: init(asks(1, 1)) },
      want: 'ok',
    },
    { name: 'both resources fit', used: asks(5, 5), pod: { requests: [asks(1, 1)] }, want: 'ok' },
    {
      name: 'one resource memory fits',
      used: asks(9, 5),
      pod: { requests: [asks(2, 1)] },
      want: `Unschedulable: ${cpu}`,
    },
    {
      name: 'one resource cpu fits',
      used: asks(5, 19),
      pod: { requests: [asks(1, 2)] },
      want: `Unschedulable: ${memory}`,
    },
    { name: 'equal edge case', used: asks(5, 19), pod: { requests: [asks(5, 1)] }, want: 'ok' },
    {
      name: 'equal edge case for init container',
      used: asks(5, 19),
      pod: { requests: [asks(4, 1)], spec: init(asks(5, 1)) },
      want: 'ok',
    },
    { name: 'extended resource fits', used: {}, pod: { requests: [{ [gpu]: '1' }] }, want: 'ok' },
    {
      name: 'extended resource capacity enforced',
      used: {},
      pod: { requests: [asks(1, 1, { [gpu]: '10' })] },
      want: `UnschedulableAndUnresolvable: Insufficient ${gpu}`,
    },
    {
      name: 'extended resource allocatable enforced',
      used: { [gpu]: '5' },
      pod: { requests: [asks(1, 1, { [gpu]: '1' })] },
      want: `Unschedulable: Insufficient ${gpu}`,
    },
    {
      name: 'extended resource allocatable enforced for multiple containers',
      used: { [gpu]: '2' },
      pod: { requests: [{ [gpu]: '3' }, { [gpu]: '3' }] },
      want: `UnschedulableAndUnresolvable: Insufficient ${gpu}`,
    },
    {
      name: 'pod overhead counts',
      used: asks(5, 5),
      pod: { requests: [asks(1, 1)], spec: { overhead: asks(5, 0) } },
      want: `Unschedulable: ${cpu}`,
    },
    {
      name: 'a sidecar adds to the containers and to later init containers',
      used: asks(0, 0),
      pod: {
        requests: [asks(4, 1)],
        spec: {
          initContainers: [
            { name: 's', restartPolicy: 'Always' as const, resources: { requests: asks(4, 1) } },
            { name: 'i', resources: { requests: asks(7, 1) } },
          ],
        },
      },
      want: `UnschedulableAndUnresolvable: ${cpu}`,
    },
    {
      name: 'requests of the pod as a whole replace those of its containers',
      used: asks(0, 0),
      pod: { requests: [asks(4, 1)], spec: { resources: { requests: asks(11, 1) } } },
      want: `UnschedulableAndUnresolvable: ${cpu}`,
    },
  ])('$name', ({ used, pod, want }) => {
    const node = makeNode('n', { allocatable: { cpu: '10m', memory: '20', pods: '32', [gpu]: '5' } });
    const fixture = new PluginFixture(['NodeResourcesFit'], {
      nodes: [node],
      pods: [makePod({ name: 'old', node: 'n', requests: [used] })],
    });
    expect(fixture.filter(makePod(pod))).toEqual({ n: want });
  });

  it('refuses a node that has all the pods it may have', () => {
    const node = makeNode('n', { allocatable: { cpu: '1', pods: '1' } });
    const fixture = new PluginFixture(['NodeResourcesFit'], {
      nodes: [node],
      pods: [makePod({ name: 'old', node: 'n' })],
    });
    expect(fixture.filter(makePod())).toEqual({ n: 'Unschedulable: Too many pods' });
  });
});

/** Upstream: least_allocated_test.go, most_allocated_test.go, requested_to_capacity_ratio_test.go (v1.36) */
describe('score', () => {
  const ratio: ScoringStrategy = {
    type: 'RequestedToCapacityRatio',
    requestedToCapacityRatio: {
      shape: [
        { utilization: 0, score: 10 },
        { utilization: 100, score: 0 },
      ],
    },
  };
  const size = (cpuCount: number, bytes: number) => ({ cpu: `${cpuCount}`, memory: `${bytes}`, pods: '110' });
  it.each<{
    name: string;
    strategy: ScoringStrategy;
    sizes: ReturnType<typeof size>[];
    pods?: [string, Record<string, string>][];
    asks?: Record<string, string>[];
    want: number[];
  }>([
    {
      name: 'nothing scheduled, resources requested, differently sized nodes',
      strategy: { type: 'LeastAllocated' },
      sizes: [size(4000, 10000), size(6000, 10000)],
      asks: [
        { cpu: '1000', memory: '2000' },
        { cpu: '2000', memory: '3000' },
      ],
      want: [37, 50],
    },
    {
      name: 'resources requested, pods scheduled with resources',
      strategy: { type: 'LeastAllocated' },
      sizes: [size(10000, 20000), size(10000, 20000)],
      pods: [
        ['a', { cpu: '3000', memory: '0' }],
        ['b', { cpu: '3000', memory: '5000' }],
      ],
      asks: [
        { cpu: '1000', memory: '2000' },
        { cpu: '2000', memory: '3000' },
      ],
      want: [57, 45],
    },
    {
      name: 'requested resources exceed node capacity',
      strategy: { type: 'LeastAllocated' },
      sizes: [size(4000, 10000)],
      pods: [['a', { cpu: '3000', memory: '8000' }]],
      asks: [{ cpu: '3000', memory: '5000' }],
      want: [0],
    },
    {
      name: 'weights of resources',
      strategy: {
        type: 'LeastAllocated',
        resources: [
          { name: 'memory', weight: 2 },
          { name: 'cpu', weight: 1 },
        ],
      },
      sizes: [size(4000, 10000), size(6000, 10000)],
      asks: [{ cpu: '3000', memory: '5000' }],
      want: [41, 50],
    },
    {
      name: 'most allocated prefers the fuller',
      strategy: { type: 'MostAllocated' },
      sizes: [size(4000, 10000), size(6000, 10000)],
      asks: [{ cpu: '3000', memory: '5000' }],
      want: [62, 50],
    },
    {
      name: 'requested to capacity ratio follows its shape',
      strategy: ratio,
      sizes: [size(4000, 10000), size(6000, 10000)],
      asks: [{ cpu: '3000', memory: '5000' }],
      want: [38, 50],
    },
  ])('$strategy.type: $name', ({ strategy, sizes, pods = [], asks = [], want }) => {
    const nodes = sizes.map((allocatable, i) => makeNode('ab'[i] ?? '', { allocatable }));
    const existing = pods.map(([node, request], i) => makePod({ name: `old${i}`, node, requests: [request] }));
    const config = [{ name: 'NodeResourcesFit', args: { scoringStrategy: strategy } }];
    const fixture = new PluginFixture(['NodeResourcesFit'], { nodes, pods: existing }, config);
    expect(Object.values(fixture.score(makePod({ requests: asks })))).toEqual(want);
  });
});
