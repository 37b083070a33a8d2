import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { findUntoleratedTaint, toleratesTaint } from './taints.ts';

const taint: corev1.Taint = { key: 'foo', value: 'bar', effect: 'NoSchedule' };

// Upstream: api/core/v1/toleration_test.go TestTolerationToleratesTaint (v1.36)
it.each([
  {
    name: 'same key, operator Exists and effect',
    toleration: { key: 'foo', operator: 'Exists', effect: 'NoSchedule' },
    expected: true,
  },
  { name: 'same key, operator Exists and no effect', toleration: { key: 'foo', operator: 'Exists' }, expected: true },
  { name: 'operator Exists only', toleration: { operator: 'Exists' }, expected: true },
  {
    name: 'same key, value, operator Equal, effect',
    toleration: { key: 'foo', operator: 'Equal', value: 'bar', effect: 'NoSchedule' },
    expected: true,
  },
  { name: 'no operator is Equal', toleration: { key: 'foo', value: 'bar' }, expected: true },
  {
    name: 'another value',
    toleration: { key: 'foo', operator: 'Equal', value: 'other', effect: 'NoSchedule' },
    expected: false,
  },
  {
    name: 'another effect',
    toleration: { key: 'foo', operator: 'Equal', value: 'bar', effect: 'NoExecute' },
    expected: false,
  },
  { name: 'another key', toleration: { key: 'foo2', operator: 'Exists' }, expected: false },
  { name: 'an unknown operator', toleration: { key: 'foo', operator: 'Sometimes', value: 'bar' }, expected: false },
])('toleratesTaint: $name', ({ toleration, expected }) => {
  expect(toleratesTaint(toleration as corev1.Toleration, taint)).toBe(expected);
});

it.each([
  { name: 'greater', operator: 'Gt', value: '10', of: '11', expected: true },
  { name: 'equal is not greater', operator: 'Gt', value: '10', of: '10', expected: false },
  { name: 'less', operator: 'Lt', value: '10', of: '-3', expected: true },
  { name: 'no number', operator: 'Lt', value: '10', of: 'few', expected: false },
])('toleratesTaint of numbers: $name', ({ operator, value, of, expected }) => {
  const toleration = { key: 'foo', operator, value } as corev1.Toleration;
  expect(toleratesTaint(toleration, { ...taint, value: of })).toBe(expected);
});

// Upstream: component-helpers/scheduling/corev1/helpers_test.go TestTolerationsTolerateTaintsWithFilter
it.each([
  { name: 'nothing tolerates it', tolerations: [], effects: ['NoSchedule'], expected: 'foo' },
  { name: 'it is of no interest', tolerations: [], effects: ['NoExecute'], expected: undefined },
  {
    name: 'it is tolerated',
    tolerations: [{ key: 'foo', operator: 'Exists' as const }],
    effects: ['NoSchedule'],
    expected: undefined,
  },
])('findUntoleratedTaint: $name', ({ tolerations, effects, expected }) => {
  expect(findUntoleratedTaint([taint], tolerations, effects)?.key).toBe(expected);
});
