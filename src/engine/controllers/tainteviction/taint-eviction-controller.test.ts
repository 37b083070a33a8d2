import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { tolerationTime } from './taint-eviction-controller.ts';

const taints: readonly corev1.Taint[] = ['a', 'b'].map((key) => ({ key, effect: 'NoExecute' }));
const bears = (key: string, seconds?: number): corev1.Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
});

// Upstream: pkg/controller/tainteviction/taint_eviction_test.go TestGetMinTolerationTime, TestCreatePod (v1.36)
it.each([
  { name: 'no tolerations', tolerations: [], expected: 0 },
  { name: 'one taint is not borne', tolerations: [bears('a')], expected: 0 },
  { name: 'all are borne for ever', tolerations: [bears('a'), bears('b')], expected: undefined },
  { name: 'the shorter time counts', tolerations: [bears('a', 2), bears('b', 1)], expected: 1000 },
  { name: 'a time counts beside for ever', tolerations: [bears('a', 1), bears('b')], expected: 1000 },
  {
    name: 'the first toleration of a taint counts',
    tolerations: [bears('a', 60), bears('a', 1), bears('b')],
    expected: 60_000,
  },
  { name: 'no time at all', tolerations: [bears('a', 0), bears('b')], expected: 0 },
  { name: 'a time below zero', tolerations: [bears('a', -5), bears('b')], expected: 0 },
])('tolerationTime: $name', ({ tolerations, expected }) => {
  expect(tolerationTime(taints, tolerations)).toBe(expected);
});
