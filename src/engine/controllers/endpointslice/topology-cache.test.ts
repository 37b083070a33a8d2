import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { hintsEnabled, TopologyCache } from './topology-cache.ts';
import { getGivingAndReceivingZones } from './zone-allocations.ts';

type Row = readonly [zone: string | undefined, ready: boolean | undefined];

const node = (
  name: string,
  zone: string | undefined,
  cpu: string,
  labels: Record<string, string> = {},
): corev1.Node => ({
  metadata: { name, labels: { ...labels, ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }) } },
  status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: 'True' }] },
});
/** A cache for zones of so many millicores each. */
function cacheOf(cpuByZone: Readonly<Record<string, number>>): TopologyCache {
  const cache = new TopologyCache();
  cache.setNodes(Object.entries(cpuByZone).map(([zone, cpu]) => node(zone, zone, `${cpu}m`)));
  return cache;
}
const slice = (name: string, rows: readonly Row[]): discoveryv1.EndpointSlice => ({
  metadata: { name },
  addressType: 'IPv4',
  endpoints: rows.map(([zone, ready], i) => ({
    addresses: [`10.0.0.${i}`],
    ...(zone === undefined ? {} : { zone }),
    conditions: ready === undefined ? {} : { ready },
  })),
});
const hintsOf = (slices: readonly discoveryv1.EndpointSlice[]) =>
  slices.map(({ endpoints }) =>
    (endpoints ?? []).map(({ hints }) => hints?.forZones?.map(({ name }) => name).join() ?? '-').join(' '),
  );

// Of upstream's topologycache_test.go TestAddHints (v1.36)
describe('addHints', () => {
  const enabled = ['TopologyAwareHintsEnabled Topology Aware Hints has been enabled, addressType: IPv4'];
  const disabled = (why: string) => [`TopologyAwareHintsDisabled ${why}, addressType: IPv4`];
  it.each([
    {
      name: 'slice to create, no zone ratios',
      cpu: {},
      create: [[['a', true]]],
      hints: ['-'],
      events: disabled('Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'),
    },
    {
      name: 'slice to create with 2 endpoints, zone ratios require 3',
      cpu: { a: 300, b: 400, c: 300 },
      create: [
        [
          ['a', true],
          ['b', true],
        ],
      ],
      hints: ['- -'],
      events: disabled('Insufficient number of endpoints (2 endpoints, 3 zones)'),
    },
    {
      name: 'slice to create with 2 endpoints, zone ratios only require 2',
      cpu: { a: 450, b: 550 },
      create: [
        [
          ['a', true],
          ['b', true],
        ],
      ],
      hints: ['a b'],
      events: enabled,
    },
    {
      name: 'slice to create with 2 ready, 1 unready, 1 unknown endpoints, zone ratios only require 2',
      cpu: { a: 450, b: 550 },
      create: [
        [
          ['a', true],
          ['b', true],
          ['b', false],
          ['b', undefined],
        ],
      ],
      hints: ['a b - -'],
      events: enabled,
    },
    {
      name: 'slices to create and update within 3 zone threshold',
      cpu: { a: 350, b: 350, c: 300 },
      create: [
        [
          ['a', true],
          ['b', true],
        ],
        [
          ['c', true],
          ['c', true],
          ['a', true],
        ],
        [
          ['a', true],
          ['a', true],
        ],
        [
          ['b', true],
          ['c', true],
          ['a', true],
        ],
      ],
      hints: ['b b', 'c c a', 'a a', 'b c a'],
      events: enabled,
    },
    {
      name: 'endpoint without a zone',
      cpu: { a: 500, b: 500 },
      create: [
        [
          ['a', true],
          [undefined, true],
        ],
      ],
      hints: ['- -'],
      events: disabled('One or more endpoints do not have a zone specified'),
    },
    {
      name: 'more zones than the threshold allows for',
      cpu: { a: 100, b: 900, c: 100 },
      create: [
        [
          ['a', true],
          ['b', true],
          ['c', true],
        ],
      ],
      hints: ['- - -'],
      events: disabled(
        'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 3 zones)',
      ),
    },
  ] as const satisfies readonly {
    name: string;
    cpu: Readonly<Record<string, number>>;
    create: readonly (readonly Row[])[];
    hints: readonly string[];
    events: readonly string[];
  }[])('$name', ({ cpu, create, hints, events }) => {
    const changes = { create: create.map((rows, i) => slice(`s${i}`, rows)), update: [], unchanged: [] };
    const result = cacheOf(cpu).addHints('ns/svc', 'IPv4', changes);
    expect(hintsOf(result.create)).toEqual(hints);
    expect(result.events.map(({ reason, message }) => `${reason} ${message}`)).toEqual(events);
  });

  it('leaves slices alone whose hints still fit, and says so once', () => {
    const cache = cacheOf({ a: 500, b: 500 });
    const first = cache.addHints('ns/svc', 'IPv4', {
      create: [
        slice('one', [
          ['a', true],
          ['b', true],
        ]),
      ],
      update: [],
      unchanged: [],
    });
    const again = cache.addHints('ns/svc', 'IPv4', { create: [], update: [], unchanged: first.create });
    expect(again).toEqual({ create: [], update: [], events: [] });
    expect(cache.overloadedServices()).toEqual([]);
  });

  it('looks again at services whose zones get too little after nodes have changed', () => {
    const cache = cacheOf({ a: 500, b: 500 });
    const rows = ['a', 'a', 'a', 'b', 'b', 'b'].map((zone): Row => [zone, true]);
    cache.addHints('ns/svc', 'IPv4', { create: [slice('one', rows)], update: [], unchanged: [] });
    expect(cache.overloadedServices()).toEqual([]);
    cache.setNodes([node('a', 'a', '1'), node('b', 'b', '4')]);
    expect(cache.overloadedServices()).toEqual(['ns/svc']);
    cache.removeHints('ns/svc', 'IPv4');
    expect([cache.overloadedServices(), cache.hasPopulatedHints('ns/svc')]).toEqual([[], false]);
  });
});

// Of upstream's topologycache_test.go TestSetNodes (v1.36)
describe('setNodes', () => {
  const none = 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
  it.each([
    ['empty', [], none],
    ['single node', [node('a', 'a', '1')], none],
    ['single zone', [node('a', 'a', '1'), node('b', 'a', '1')], none],
    ['2 zones', [node('a', 'a', '1'), node('b', 'b', '1')], [2, 2]],
    [
      '2 zones, control plane node in 1, ready node in 1',
      [node('a', 'a', '1', { 'node-role.kubernetes.io/control-plane': '' }), node('b', 'b', '1')],
      none,
    ],
    [
      '2 zones, control plane node in 1, ready node in 1, ready node in 1',
      [node('m', 'm', '8', { 'node-role.kubernetes.io/control-plane': '' }), node('a', 'a', '1'), node('b', 'b', '3')],
      [1, 3],
    ],
    ['a node without a zone', [node('a', 'a', '1'), node('b', 'b', '1'), node('c', undefined, '1')], none],
    ['a node without cpu', [node('a', 'a', '1'), node('b', 'b', '1'), node('c', 'c', '0')], none],
  ])('%s', (_, nodes, expected) => {
    const cache = new TopologyCache();
    cache.setNodes(nodes);
    const allocations = cache.getAllocations(4);
    const minimums =
      typeof allocations === 'string' ? allocations : [...allocations.values()].map(({ minimum }) => minimum);
    expect(minimums).toEqual(expected);
  });
});

// Of upstream's utils_test.go Test_getGivingAndReceivingZones (v1.36)
it.each([
  ['simple allocation with no need for rebalancing', { a: [1.2, 1], b: [1.1, 1], c: [1, 1] }, {}, {}],
  [
    'preference for same zone even when giving an extra endpoint would result in slightly better distribution',
    { a: [5.1, 5], b: [5.1, 5], c: [5.8, 6] },
    {},
    {},
  ],
  [
    'when 2 zones need < 1 endpoint, give to zone that needs endpoint most',
    { a: [5, 6], b: [5.6, 5], c: [5.4, 5] },
    { a: 1 },
    { b: 1 },
  ],
  [
    'when 2 zones have extra endpoints, give from zone with most extra',
    { a: [5, 5.6], b: [5, 5.4], c: [6, 5] },
    { a: 1 },
    { c: 1 },
  ],
  ['ensure function can handle unexpected data (more allocated than allocations)', { a: [5, 5], b: [5, 5] }, {}, {}],
  ['ensure function can handle unexpected data (negative allocations)', { a: [-5, 5], b: [5, 5] }, {}, {}],
] as const)('getGivingAndReceivingZones: %s', (_, zones, giving, receiving) => {
  const entries = Object.entries(zones);
  const allocations = new Map(entries.map(([zone, [desired]]) => [zone, { minimum: 0, maximum: 0, desired }]));
  const counts = new Map(entries.map(([zone, [, count]]) => [zone, count]));
  const result = getGivingAndReceivingZones(allocations, counts);
  expect([Object.fromEntries(result.giving), Object.fromEntries(result.receiving)]).toEqual([giving, receiving]);
});

it.each([
  [undefined, false],
  [{ 'service.kubernetes.io/topology-mode': 'Auto' }, true],
  [{ 'service.kubernetes.io/topology-mode': 'auto' }, true],
  [{ 'service.kubernetes.io/topology-mode': 'AUTO' }, false],
  [{ 'service.kubernetes.io/topology-aware-hints': 'Disabled', 'service.kubernetes.io/topology-mode': 'Auto' }, false],
])('hintsEnabled %j: %s', (annotations, expected) => {
  expect(hintsEnabled(annotations)).toBe(expected);
});
