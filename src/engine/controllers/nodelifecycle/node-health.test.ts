import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { tolerationTime } from '../tainteviction/taint-eviction-controller.ts';
import { checkNodeHealth, noScheduleTaints } from './node-health.ts';
import { computeZoneState, getZoneKey, ZoneEvictors } from './zone-evictors.ts';

const start = Date.UTC(2026, 0, 1);
const ready = (status: string): corev1.NodeCondition => ({
  type: 'Ready',
  status,
  lastHeartbeatTime: formatTime(start),
  lastTransitionTime: formatTime(start),
});
const node = (conditions: readonly corev1.NodeCondition[], spec: corev1.NodeSpec = {}): corev1.Node => ({
  metadata: { name: 'a', creationTimestamp: formatTime(start) },
  spec,
  status: { conditions },
});
const states = (readyCount: number, notReady: number) => [
  ...Array.from({ length: readyCount }, () => true),
  ...Array.from({ length: notReady }, () => false),
];

// The rule of upstream's node_lifecycle_controller.go ComputeZoneState (v1.36)
it.each([
  ['empty', 0, 0, 'Normal'],
  ['all ready', 10, 0, 'Normal'],
  ['all not ready', 0, 1, 'FullDisruption'],
  ['two of three not ready: too few to matter', 1, 2, 'Normal'],
  ['three of five: over the threshold', 2, 3, 'PartialDisruption'],
  ['54 of a hundred', 46, 54, 'Normal'],
  ['55 of a hundred', 45, 55, 'PartialDisruption'],
])('computeZoneState: %s', (_, readyCount, notReady, expected) => {
  expect(computeZoneState(states(readyCount, notReady))).toBe(expected);
});

it.each([
  [{}, ''],
  [{ 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': 'z' }, 'r:\u0000:z'],
  [{ 'failure-domain.beta.kubernetes.io/zone': 'z' }, ':\u0000:z'],
])('getZoneKey %j', (labels, expected) => {
  expect(getZoneKey({ metadata: { labels } })).toBe(expected);
});

describe('ZoneEvictors', () => {
  /** How many of 200 waiting nodes are let go within some seconds, after zones got these states. */
  function letGo(seconds: number, zones: Readonly<Record<string, readonly boolean[]>>): Record<string, number> {
    let now = start;
    const evictors = new ZoneEvictors(() => now);
    evictors.update(new Map(Object.entries(zones).map(([zone, all]) => [zone, all.map(() => true)])));
    evictors.update(new Map(Object.entries(zones)));
    for (const zone of Object.keys(zones)) for (let i = 0; i < 200; i++) evictors.enqueue(zone, `${zone}-${i}`);
    const counts: Record<string, number> = {};
    for (let at = 0; at < seconds * 10; at++) {
      now += 100;
      for (const name of evictors.take()) {
        const zone = name.split('-')[0] ?? '';
        counts[zone] = (counts[zone] ?? 0) + 1;
      }
    }
    return counts;
  }
  it.each([
    ['healthy: one in ten seconds', { a: states(10, 1) }, { a: 11 }],
    ['partly disrupted and large: one in a hundred seconds', { a: states(40, 60) }, { a: 2 }],
    ['partly disrupted and small: none', { a: states(4, 6) }, {}],
    ['fully disrupted beside a healthy one: as if healthy', { a: states(0, 5), b: states(5, 0) }, { a: 11, b: 11 }],
    ['all fully disrupted: none', { a: states(0, 5), b: states(0, 5) }, {}],
  ])('%s', (_, zones, expected) => {
    expect(letGo(105, zones)).toEqual(expected);
  });
});

describe('checkNodeHealth', () => {
  it('gives a node that never said anything a minute', () => {
    const silent = node([]);
    expect(checkNodeHealth(silent, undefined, undefined, start + 60_000).conditions).toBeUndefined();
    const check = checkNodeHealth(silent, undefined, undefined, start + 60_001);
    expect(check.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown NodeStatusNeverUpdated',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ]);
    expect(check.observedReady.status).toBe('Unknown');
  });
  it('gives a node that fell silent fifty seconds, from when the controller last heard of it', () => {
    const first = checkNodeHealth(node([ready('True')]), undefined, undefined, start);
    const late = checkNodeHealth(node([ready('True')]), undefined, first.health, start + 50_000);
    expect(late.conditions).toBeUndefined();
    const lost = checkNodeHealth(node([ready('True')]), undefined, late.health, start + 50_001);
    expect(lost.conditions?.[0]).toEqual({
      ...ready('Unknown'),
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: formatTime(start + 50_001),
    });
  });
  it('hears of a node by its lease alone', () => {
    const lease = (at: number) => ({
      metadata: { name: 'a' },
      spec: { renewTime: new Date(at).toISOString().replace('Z', '000Z') },
    });
    const first = checkNodeHealth(node([ready('True')]), lease(start), undefined, start);
    const renewed = checkNodeHealth(node([ready('True')]), lease(start + 40_000), first.health, start + 45_000);
    expect(renewed.health.probeMs).toBe(start + 45_000);
    expect(checkNodeHealth(node([ready('True')]), lease(start + 40_000), renewed.health, start + 90_000)).toMatchObject(
      { health: { probeMs: start + 45_000 } },
    );
  });
});

it.each([
  ['nothing', node([ready('True')]), [], []],
  ['not ready', node([ready('False')]), ['node.kubernetes.io/not-ready'], []],
  ['unreachable', node([ready('Unknown')]), ['node.kubernetes.io/unreachable'], []],
  ['cordoned', node([ready('True')], { unschedulable: true }), ['node.kubernetes.io/unschedulable'], []],
  [
    'what has passed',
    node([ready('True')], { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] }),
    [],
    ['node.kubernetes.io/disk-pressure'],
  ],
  ['what is not ours', node([ready('True')], { taints: [{ key: 'mine', effect: 'NoSchedule' }] }), [], []],
])('noScheduleTaints: %s', (_, one, add, remove) => {
  expect(noScheduleTaints(one)).toEqual({ add, remove });
});

const taint = (key: string): corev1.Taint => ({ key, effect: 'NoExecute' });
const tolerate = (key: string, tolerationSeconds?: number): corev1.Toleration => ({
  key,
  operator: 'Exists',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});
// Of upstream's taint_eviction_test.go TestGetMinTolerationTime and TestCreatePod (v1.36)
it.each([
  ['not tolerated', [taint('a')], [], 0],
  ['tolerated for ever', [taint('a')], [tolerate('a')], undefined],
  ['tolerated for a while', [taint('a')], [tolerate('a', 10)], 10_000],
  ['the shortest of two', [taint('a'), taint('b')], [tolerate('a', 10), tolerate('b', 5)], 5000],
  ['one for ever, one for a while', [taint('a'), taint('b')], [tolerate('a'), tolerate('b', 5)], 5000],
  ['one of two is not tolerated', [taint('a'), taint('b')], [tolerate('a', 10)], 0],
  ['negative: at once', [taint('a')], [tolerate('a', -1)], 0],
])('tolerationTime: %s', (_, taints, tolerations, expected) => {
  expect(tolerationTime(taints, tolerations)).toBe(expected);
});
