import { expect, it } from 'vitest';
import { Random } from '../sim/random.ts';
import { Diagnosis, fitErrorMessage } from './fit-error.ts';
import { makePod } from './plugin-fixture.ts';
import { compareImportance, pickOneNodeForPreemption } from './preemption/pod-importance.ts';
import { numFeasibleNodesToFind, selectHost } from './schedule-pod.ts';
import { Status } from './status.ts';

/** Upstream: pkg/scheduler/schedule_one_test.go TestNumFeasibleNodesToFind (v1.36) */
it.each([
  { name: 'not set percentageOfNodesToScore and nodes number not more than 50', percentage: 0, nodes: 10, want: 10 },
  { name: 'set percentageOfNodesToScore and nodes number not more than 50', percentage: 40, nodes: 10, want: 10 },
  { name: 'not set percentageOfNodesToScore and nodes number more than 50', percentage: 0, nodes: 1000, want: 420 },
  { name: 'set percentageOfNodesToScore and nodes number more than 50', percentage: 40, nodes: 1000, want: 400 },
  { name: 'not set percentageOfNodesToScore and nodes number more than 50*125', percentage: 0, nodes: 6000, want: 300 },
  { name: 'set percentageOfNodesToScore and nodes number more than 50*125', percentage: 40, nodes: 6000, want: 2400 },
])('numFeasibleNodesToFind: $name', ({ percentage, nodes, want }) => {
  expect(numFeasibleNodesToFind(percentage, nodes)).toBe(want);
});

it('selects the highest score, and each of equals about as often', () => {
  const random = new Random('select');
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 3000; i++) {
    const at = selectHost(Float64Array.of(1, 7, 7, 7), random);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  expect(counts[0]).toBe(0);
  for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(120);
});

/** Upstream: pkg/scheduler/framework/types.go FitError.Error (v1.36) */
it('counts reasons and sorts them as text', () => {
  const diagnosis = new Diagnosis();
  const refuse = (node: string, ...reasons: string[]) =>
    diagnosis.nodeToStatus.set(node, new Status('Unschedulable', reasons));
  refuse('a', 'Insufficient cpu', 'Insufficient memory');
  for (const name of ['b', 'c']) refuse(name, 'node(s) had untolerated taint(s)');
  for (let i = 0; i < 10; i++) refuse(`d${i}`, 'Too many pods');
  diagnosis.postFilterMessage = 'preemption: no.';
  expect(fitErrorMessage(diagnosis, 13)).toBe(
    '0/13 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 10 Too many pods, 2 node(s) had untolerated taint(s). preemption: no.',
  );
});

const nowMs = Date.UTC(2026, 0, 2);
const victim = (name: string, priority: number, startTime = '2026-01-01T00:00:00Z') => ({
  ...makePod({ name, priority }),
  status: { startTime },
});

/** Upstream: pkg/scheduler/framework/plugins/defaultpreemption TestPickOneNodeForPreemption (v1.36) */
it.each([
  {
    name: 'a violated budget is worst',
    nodes: [
      { pods: [victim('a', 1)], violations: 1 },
      { pods: [victim('b', 9), victim('c', 9)], violations: 0 },
    ],
    want: 'n1',
  },
  {
    name: 'min highest priority',
    nodes: [
      { pods: [victim('a', 5)], violations: 0 },
      { pods: [victim('b', 4), victim('c', 4)], violations: 0 },
    ],
    want: 'n1',
  },
  {
    name: 'min sum of priorities',
    nodes: [
      { pods: [victim('a', 5), victim('b', 4)], violations: 0 },
      { pods: [victim('c', 5), victim('d', 3)], violations: 0 },
    ],
    want: 'n1',
  },
  {
    name: 'min number of pods',
    nodes: [
      { pods: [victim('a', 5), victim('b', -(2 ** 31))], violations: 0 },
      { pods: [victim('c', 5)], violations: 0 },
    ],
    want: 'n1',
  },
  {
    name: 'latest start time',
    nodes: [
      { pods: [victim('a', 5, '2026-01-01T00:00:00Z')], violations: 0 },
      { pods: [victim('b', 5, '2026-01-01T00:00:01Z')], violations: 0 },
    ],
    want: 'n1',
  },
])('pickOneNodeForPreemption: $name', ({ nodes, want }) => {
  const candidates = nodes.map(({ pods, violations }, i) => ({
    nodeName: `n${i}`,
    victims: { pods, numPdbViolations: violations },
  }));
  expect(pickOneNodeForPreemption(candidates, nowMs)?.nodeName).toBe(want);
});

it('holds pods of higher priority, and those that run longer, for more important', () => {
  const pods = [
    victim('young', 1, '2026-01-01T00:00:02Z'),
    victim('old', 1),
    victim('high', 2, '2026-01-01T00:00:09Z'),
  ];
  const names = pods.sort((a, b) => compareImportance(a, b, nowMs)).map((pod) => pod.metadata.name);
  expect(names).toEqual(['high', 'old', 'young']);
});
