import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { goLabelSelector } from './custom-metrics.ts';
import { getPerPodReplicas, getUsageRatioReplicaCount } from './value-replicas.ts';

const tolerances = { scaleUp: 0.1, scaleDown: 0.1 };
const readyPod: corev1.Pod = {
  metadata: { name: 'a' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};
const pods = (ready: number, others = 0): corev1.Pod[] => [
  ...Array.from({ length: ready }, () => readyPod),
  ...Array.from({ length: others }, (): corev1.Pod => ({ metadata: { name: 'b' }, status: { phase: 'Pending' } })),
];

// Of upstream's replica_calculator_test.go: TestReplicaCalcScaleUpCMObject, …ToleranceCMExternal, …PerPodCMExternal (v1.36)
describe('getUsageRatioReplicaCount', () => {
  it.each([
    ['up', 20_000, 15_000, 3, pods(3), 4],
    ['up, ready pods only', 50_000, 15_000, 3, pods(1, 2), 4],
    ['within the tolerance', 9_960, 10_000, 3, pods(3), 3],
    ['down', 12_000, 20_000, 5, pods(5), 3],
    ['from zero', 20_000, 15_000, 0, pods(0), 2],
  ])('%s', (_, usage, target, current, list, replicas) => {
    expect(getUsageRatioReplicaCount(usage, target, current, tolerances, list)).toEqual({ replicas, usage });
  });

  it('needs pods', () => {
    expect(() => getUsageRatioReplicaCount(2000, 1000, 2, tolerances, [])).toThrow(
      'unable to calculate ready pods: no pods returned by selector while calculating replica count',
    );
  });
});

describe('getPerPodReplicas', () => {
  it.each([
    ['up', 8_600, 2_150, 3, { replicas: 4, usage: 2867 }],
    ['within the tolerance', 8_600, 2_150, 4, { replicas: 4, usage: 2150 }],
    ['down', 8_600, 2_867, 5, { replicas: 3, usage: 1720 }],
  ])('%s', (_, usage, target, current, expected) => {
    expect(getPerPodReplicas(usage, target, current, tolerances)).toEqual(expected);
  });
});

it.each([
  [undefined, 'nil'],
  [{}, '&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]LabelSelectorRequirement{},}'],
  [
    { matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'k', operator: 'In', values: ['x', 'y'] }] },
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:k,Operator:In,Values:[x y],},},}',
  ],
])('a selector as Go prints it: %j', (selector, text) => {
  expect(goLabelSelector(selector)).toBe(text);
});
