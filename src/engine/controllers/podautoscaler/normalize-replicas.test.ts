import { describe, expect, it } from 'vitest';
import type * as autoscalingv2 from '../../../api/autoscaling/v2.ts';
import { normalizeDesiredReplicas, type ScaleHistory } from './normalize-replicas.ts';

const now = Date.UTC(2026, 0, 1);

type Rules = readonly [pods: number, podsPeriod: number, percent: number, percentPeriod: number];
function scalingRules(
  [pods, podsPeriod, percent, percentPeriod]: Rules,
  stabilizationWindowSeconds: number,
): autoscalingv2.HPAScalingRules {
  const policies: autoscalingv2.HPAScalingPolicy[] = [];
  if (pods > 0) policies.push({ type: 'Pods', value: pods, periodSeconds: podsPeriod });
  if (percent > 0) policies.push({ type: 'Percent', value: percent, periodSeconds: percentPeriod });
  return { policies, selectPolicy: 'Max', stabilizationWindowSeconds };
}
const defaultUp = scalingRules([4, 15, 100, 15], 0);
const defaultDown = scalingRules([0, 0, 100, 15], 300);

/** Changes spread evenly over the last so many seconds. */
const events = (counts: readonly number[], periodSeconds: number) =>
  counts.map((count, i) => ({ atMs: now - (periodSeconds * 1000 * (i + 1)) / (counts.length + 1), count }));

interface ScalingCase {
  readonly name: string;
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly up?: Rules;
  readonly down?: Rules;
  readonly ups?: readonly number[];
  readonly downs?: readonly number[];
  readonly expected: number;
  readonly reason: string;
}

// Upstream: pkg/controller/podautoscaler/horizontal_test.go TestScalingWithRules (v1.36)
const cases: readonly ScalingCase[] = [
  {
    name: 'prenormalized desired replicas within range',
    current: 5,
    desired: 7,
    min: 3,
    max: 8,
    expected: 7,
    reason: 'DesiredWithinRange',
  },
  {
    name: 'prenormalized desired replicas < minReplicas',
    current: 3,
    desired: 1,
    min: 2,
    max: 8,
    expected: 2,
    reason: 'TooFewReplicas',
  },
  {
    name: 'prenormalized desired replicas within range when minReplicas is 0',
    current: 1,
    desired: 0,
    min: 0,
    max: 10,
    expected: 0,
    reason: 'DesiredWithinRange',
  },
  {
    name: 'maxReplicas is the limit because maxReplicas < scaleUpLimit',
    current: 20,
    desired: 1000,
    min: 1,
    max: 10,
    expected: 10,
    reason: 'TooManyReplicas',
  },
  {
    name: 'desired replica count is more than the maximum replica count',
    current: 100,
    desired: 1000,
    min: 100,
    max: 150,
    expected: 150,
    reason: 'TooManyReplicas',
  },
  {
    name: 'scaleUpLimit is the limit because scaleUpLimit < maxReplicas with user policies',
    current: 3,
    desired: 1000,
    min: 1,
    max: 2000,
    up: [0, 0, 1, 60],
    expected: 4,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleDownLimit is the limit because scaleDownLimit > minReplicas with user defined policies',
    current: 1000,
    desired: 3,
    min: 3,
    max: 2000,
    down: [20, 60, 0, 0],
    expected: 980,
    reason: 'ScaleDownLimit',
  },
  {
    name: 'scaleUp with default behavior',
    current: 10,
    desired: 50,
    min: 1,
    max: 1000,
    expected: 20,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with pods policy larger than percent policy',
    current: 10,
    desired: 500,
    min: 1,
    max: 1000,
    up: [100, 60, 100, 60],
    expected: 110,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with percent policy larger than pods policy',
    current: 10,
    desired: 500,
    min: 1,
    max: 1000,
    up: [2, 60, 100, 60],
    expected: 20,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with spec MaxReplicas limitation with large pod policy',
    current: 10,
    desired: 50,
    min: 1,
    max: 1000,
    up: [100, 60, 0, 0],
    expected: 50,
    reason: 'DesiredWithinRange',
  },
  {
    name: 'scaleUp with pod policy limitation',
    current: 10,
    desired: 50,
    min: 1,
    max: 1000,
    up: [30, 60, 0, 0],
    expected: 40,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with percent policy limitation',
    current: 10,
    desired: 50,
    min: 1,
    max: 1000,
    up: [0, 0, 200, 60],
    expected: 30,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleDown with percent policy larger than pod policy',
    current: 100,
    desired: 2,
    min: 1,
    max: 1000,
    down: [20, 60, 1, 60],
    expected: 80,
    reason: 'ScaleDownLimit',
  },
  {
    name: 'scaleDown with pod policy larger than percent policy',
    current: 100,
    desired: 2,
    min: 1,
    max: 1000,
    down: [2, 60, 1, 60],
    expected: 98,
    reason: 'ScaleDownLimit',
  },
  {
    name: 'scaleDown with spec MinReplicas limitation with large pod policy',
    current: 10,
    desired: 0,
    min: 1,
    max: 1000,
    down: [100, 60, 0, 0],
    expected: 1,
    reason: 'TooFewReplicas',
  },
  {
    name: 'scaleDown with spec MinReplicas limitation with large percent policy',
    current: 10,
    desired: 2,
    min: 5,
    max: 1000,
    down: [0, 0, 100, 60],
    expected: 5,
    reason: 'TooFewReplicas',
  },
  {
    name: 'scaleDown with pod policy limitation',
    current: 10,
    desired: 2,
    min: 1,
    max: 1000,
    down: [5, 60, 0, 0],
    expected: 5,
    reason: 'ScaleDownLimit',
  },
  {
    name: 'scaleDown with percent policy limitation',
    current: 10,
    desired: 5,
    min: 1,
    max: 1000,
    down: [0, 0, 50, 60],
    expected: 5,
    reason: 'DesiredWithinRange',
  },
  {
    name: 'scaleUp with spec MaxReplicas limitation with large pod policy and events',
    current: 100,
    desired: 500,
    min: 1,
    max: 200,
    up: [300, 60, 0, 0],
    ups: [1, 5, 9],
    expected: 200,
    reason: 'TooManyReplicas',
  },
  {
    name: 'scaleUp with spec MaxReplicas limitation with large percent policy and events',
    current: 100,
    desired: 500,
    min: 1,
    max: 200,
    up: [0, 0, 10_000, 60],
    ups: [1, 5, 9],
    expected: 200,
    reason: 'TooManyReplicas',
  },
  {
    name: 'scaleUp with currentReplicas limitation with rate.PeriodSeconds with a lot of recent scale up events',
    current: 100,
    desired: 500,
    min: 1,
    max: 1000,
    up: [5, 120, 0, 0],
    ups: [1, 5, 9],
    expected: 100,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with pod policy and previous scale up events',
    current: 100,
    desired: 500,
    min: 1,
    max: 1000,
    up: [150, 120, 0, 0],
    ups: [1, 5, 9],
    expected: 235,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with percent policy and previous scale up events',
    current: 100,
    desired: 500,
    min: 1,
    max: 1000,
    up: [0, 0, 200, 120],
    ups: [1, 5, 9],
    expected: 255,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleUp with percent policy and previous scale up and down events',
    current: 6,
    desired: 24,
    min: 1,
    max: 1000,
    up: [0, 0, 300, 300],
    ups: [4],
    downs: [2],
    expected: 16,
    reason: 'ScaleUpLimit',
  },
  {
    name: 'scaleDown with default policy and previous events',
    current: 10,
    desired: 5,
    min: 1,
    max: 1000,
    downs: [1, 5, 9],
    expected: 5,
    reason: 'DesiredWithinRange',
  },
  {
    name: 'scaleDown with spec MinReplicas=nil limitation with large pod policy and previous events',
    current: 100,
    desired: 0,
    min: 1,
    max: 1000,
    down: [115, 120, 0, 0],
    downs: [1, 5, 9],
    expected: 1,
    reason: 'TooFewReplicas',
  },
  {
    name: 'scaleDown with spec MinReplicas limitation with large pod policy and previous events',
    current: 100,
    desired: 0,
    min: 5,
    max: 1000,
    down: [130, 120, 0, 0],
    downs: [1, 5, 9],
    expected: 5,
    reason: 'TooFewReplicas',
  },
];

const history = (more: Partial<ScaleHistory> = {}): ScaleHistory => ({
  recommendations: [],
  scaleUps: [],
  scaleDowns: [],
  ...more,
});

it.each(cases)('$name', ({ current, desired, min, max, up, down, ups = [], downs = [], expected, reason }) => {
  const result = normalizeDesiredReplicas({
    history: history({ scaleUps: events(ups, 120), scaleDowns: events(downs, 120) }),
    behavior: {
      scaleUp: up ? scalingRules(up, 0) : defaultUp,
      scaleDown: down ? scalingRules(down, 300) : defaultDown,
    },
    minReplicas: min,
    maxReplicas: max,
    current,
    desired,
    nowMs: now,
  });
  expect([result.replicas, result.limited.reason]).toEqual([expected, reason]);
});

describe('selectPolicy', () => {
  const both = (selectPolicy: 'Max' | 'Min' | 'Disabled') => ({ ...scalingRules([2, 60, 100, 60], 0), selectPolicy });
  it.each([
    ['Max', 10, 50, 20],
    ['Min', 10, 50, 12],
    ['Disabled', 10, 50, 10],
    ['Max', 10, 1, 1],
    ['Min', 10, 1, 8],
    ['Disabled', 10, 1, 10],
  ] as const)('%s: from %i to %i', (policy, current, desired, expected) => {
    const behavior = { scaleUp: both(policy), scaleDown: both(policy) };
    const limits = { minReplicas: 1, maxReplicas: 100, current, desired, nowMs: now };
    expect(normalizeDesiredReplicas({ history: history(), behavior, ...limits }).replicas).toBe(expected);
  });
});

describe('stabilization', () => {
  const recent = (secondsAgo: number, count: number) =>
    history({ recommendations: [{ atMs: now - secondsAgo * 1000, count }] });
  const limits = { minReplicas: 1, maxReplicas: 100, current: 5, nowMs: now };
  it.each([
    ['a higher recommendation of late holds a scale down', recent(100, 4), 2, 4, 'ScaleDownStabilized'],
    ['an old one does not', recent(301, 4), 2, 2, 'ReadyForNewScale'],
    ['a lower one does not', recent(100, 1), 2, 2, 'ReadyForNewScale'],
  ])('%s', (_, past, desired, expected, reason) => {
    for (const behavior of [undefined, { scaleUp: defaultUp, scaleDown: defaultDown }]) {
      const copy = { ...past, recommendations: [...past.recommendations] };
      const result = normalizeDesiredReplicas({ history: copy, behavior, desired, ...limits });
      expect([result.replicas, result.able.reason]).toEqual([expected, reason]);
      expect(copy.recommendations.at(-1)).toEqual({ atMs: now, count: desired });
    }
  });
  it('a lower recommendation of late holds a scale up, when asked for', () => {
    const behavior = { scaleUp: scalingRules([100, 15, 0, 0], 60), scaleDown: defaultDown };
    const result = normalizeDesiredReplicas({ history: recent(30, 6), behavior, desired: 9, ...limits });
    expect([result.replicas, result.able.reason]).toEqual([6, 'ScaleUpStabilized']);
  });
});
