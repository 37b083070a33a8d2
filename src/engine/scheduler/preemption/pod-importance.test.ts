import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import { PodInfo } from '../pod-info.ts';
import { filterPodsWithPdbViolation } from './disruption-budgets.ts';
import { type Candidate, compareImportance, decidingCriterion, pickOneNodeForPreemption } from './pod-importance.ts';

const priorities: Readonly<Record<string, number>> = { neg: -100, low: 0, mid: 100, high: 1000, veryHigh: 10_000 };
const nowMs = Date.parse('2024-01-01T00:00:00Z');

/** `priority` or `priority@second it started in`. */
function victim(text: string): corev1.Pod {
  const [priority = '', second = '0'] = text.split('@');
  return {
    metadata: { name: text },
    spec: { containers: [], priority: priorities[priority] ?? 0 },
    status: { startTime: `2020-01-01T00:00:0${second}Z` },
  };
}
function candidates(
  nodes: Readonly<Record<string, readonly string[]>>,
  violations: readonly number[] = [],
): Candidate[] {
  return Object.entries(nodes).map(([nodeName, pods], i) => ({
    nodeName,
    victims: {
      pods: pods.map(victim).sort((a, b) => compareImportance(a, b, nowMs)),
      numPdbViolations: violations[i] ?? 0,
    },
  }));
}

// Upstream: plugins/defaultpreemption/default_preemption_test.go TestSelectBestCandidate (v1.36)
it.each([
  {
    name: 'node with min highest priority pod is picked',
    nodes: { node1: ['mid', 'mid'], node2: ['mid', 'low'], node3: ['low', 'low'] },
    expected: 'node3',
    because: 'its most important victim is the least important',
  },
  {
    name: 'when highest priorities are the same, minimum sum of priorities is picked',
    nodes: { node1: ['mid', 'mid'], node2: ['mid', 'low'], node3: ['mid', 'mid'] },
    expected: 'node2',
    because: 'lowest sum of priorities',
  },
  {
    name: 'when highest priority and sum are the same, minimum number of pods is picked',
    nodes: { node1: ['mid', 'neg', 'mid', 'neg'], node2: ['mid', 'neg'], node3: ['mid', 'neg', 'low'] },
    expected: 'node2',
    because: 'lowest sum of priorities',
  },
  {
    name: 'sum of adjusted priorities is considered',
    nodes: { node1: ['mid', 'neg', 'neg'], node2: ['mid', 'neg'], node3: ['mid', 'neg', 'low'] },
    expected: 'node2',
    because: 'lowest sum of priorities',
  },
  {
    name: 'non-overlapping lowest high priority, sum priorities, and number of pods',
    nodes: {
      node1: ['mid', 'low', 'low'],
      node2: ['high'],
      node3: ['mid', 'low', 'low', 'low'],
      node4: ['mid', 'mid', 'mid', 'neg'],
    },
    expected: 'node1',
    because: 'lowest sum of priorities',
  },
  {
    name: "same priority, same number of victims, different start time for each node's pod",
    nodes: { node1: ['mid@2', 'mid@2'], node2: ['mid@3', 'mid@3'], node3: ['mid@1', 'mid@1'] },
    expected: 'node2',
    because: 'its victims started last',
  },
  {
    name: 'same priority, same number of victims, different start time for all pods',
    nodes: { node1: ['mid@4', 'mid@2'], node2: ['mid@5', 'mid@1'], node3: ['mid@3', 'mid@6'] },
    expected: 'node3',
    because: 'its victims started last',
  },
  {
    name: 'different priority, same number of victims, different start time for all pods',
    nodes: { node1: ['low@4', 'mid@2'], node2: ['mid@6', 'low@1'], node3: ['low@3', 'mid@5'] },
    expected: 'node2',
    because: 'its victims started last',
  },
  {
    name: 'fewer violated budgets come before all else',
    nodes: { node1: ['low'], node2: ['high', 'high'] },
    violations: [1, 0],
    expected: 'node2',
    because: 'fewest violated disruption budgets',
  },
  { name: 'only one', nodes: { node1: ['low'] }, expected: 'node1', because: 'the only node where it helps' },
  { name: 'equals', nodes: { node1: ['mid'], node2: ['mid'] }, expected: 'node1', because: 'the first of equals' },
])('$name', ({ nodes, violations, expected, because }) => {
  const all = candidates(nodes as Readonly<Record<string, readonly string[]>>, violations);
  expect(pickOneNodeForPreemption(all, nowMs)?.nodeName).toBe(expected);
  expect(decidingCriterion(all, nowMs)).toBe(because);
});

// Upstream: pkg/scheduler/util/utils_test.go TestMoreImportantPod (v1.36)
it.each([
  { name: 'higher priority', a: 'high@5', b: 'mid@1', first: 'a' },
  { name: 'running longer', a: 'mid@5', b: 'mid@1', first: 'b' },
])('compareImportance: $name', ({ a, b, first }) => {
  expect(Math.sign(compareImportance(victim(a), victim(b), nowMs))).toBe(first === 'a' ? -1 : 1);
});

const budget = (
  allowed: number,
  disrupted: readonly string[] = [],
  namespace = 'default',
): policyv1.PodDisruptionBudget => ({
  metadata: { namespace },
  spec: { selector: { matchLabels: { app: 'foo' } } },
  status: {
    disruptionsAllowed: allowed,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    disruptedPods: Object.fromEntries(disrupted.map((name) => [name, '2020-01-01T00:00:00Z'])),
  },
});
const labelled = (name: string, labels: Readonly<Record<string, string>> = { app: 'foo' }) =>
  new PodInfo({ metadata: { name, namespace: 'default', uid: name, labels }, spec: { containers: [] } });

// Upstream: default_preemption_test.go TestDryRunPreemption, the cases with budgets
it.each([
  {
    name: 'preemption with violation of same pdb',
    pods: [labelled('a'), labelled('b')],
    budgets: [budget(1)],
    violating: ['b'],
  },
  {
    name: "the victim doesn't belong to DisruptedPods",
    pods: [labelled('a')],
    budgets: [budget(0, ['other'])],
    violating: ['a'],
  },
  { name: 'the victim belongs to DisruptedPods', pods: [labelled('a')], budgets: [budget(0, ['a'])], violating: [] },
  {
    name: "the victim which belongs to DisruptedPods is treated as 'nonViolating'",
    pods: [labelled('a'), labelled('b')],
    budgets: [budget(0, ['b'])],
    violating: ['a'],
  },
  { name: 'a budget of another namespace', pods: [labelled('a')], budgets: [budget(0, [], 'other')], violating: [] },
  {
    name: 'a pod of no budget',
    pods: [labelled('a', { app: 'bar' }), labelled('b', {})],
    budgets: [budget(0)],
    violating: [],
  },
  { name: 'no budgets', pods: [labelled('a')], budgets: [], violating: [] },
])('filterPodsWithPdbViolation: $name', ({ pods, budgets, violating }) => {
  const parts = filterPodsWithPdbViolation(pods, budgets);
  const names = (list: readonly PodInfo[]) => list.map(({ pod }) => pod.metadata.name);
  expect(names(parts.violating)).toEqual(violating);
  expect(names(parts.nonViolating)).toEqual(names(pods).filter((name) => !violating.includes(name ?? '')));
});
