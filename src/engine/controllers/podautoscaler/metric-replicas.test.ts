import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import {
  type CalculatorInput,
  calculateRequests,
  getRawResourceReplicas,
  getResourceReplicas,
  type PodMetric,
} from './metric-replicas.ts';

const nowMs = Date.parse('2024-01-01T12:00:00Z');
const time = (ms: number) => new Date(ms).toISOString().replace('.000', '');

interface Row {
  readonly name: string;
  readonly replicas: number;
  readonly expected: number;
  readonly levels: readonly number[];
  readonly requests?: readonly string[];
  readonly target: number;
  readonly utilization?: number;
  /** Pods, by letter: r(eady), u(nready), h(ot: just started), f(ailed), d(eleted). */
  readonly pods: string;
}

function podOf(letter: string, i: number, request: string): corev1.Pod {
  const startMs = letter === 'h' ? nowMs - 1000 : nowMs - 600_000;
  return {
    metadata: { name: `pod-${i}`, ...(letter === 'd' ? { deletionTimestamp: time(nowMs) } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: request } } }] },
    status: {
      phase: letter === 'f' ? 'Failed' : 'Running',
      startTime: time(startMs),
      conditions: [
        {
          type: 'Ready',
          status: letter === 'r' || letter === 'h' ? 'True' : 'False',
          lastTransitionTime: time(startMs),
        },
      ],
    },
  };
}
function inputOf({ pods: letters, levels, replicas, requests = [] }: Row, isCpu = true): CalculatorInput {
  const pods = [...letters].map((letter, i) => podOf(letter, i, requests[i] ?? '1'));
  const metrics = new Map(
    levels.map((value, i): [string, PodMetric] => [`pod-${i}`, { value, timestampMs: nowMs, windowMs: 60_000 }]),
  );
  return { pods, metrics, currentReplicas: replicas, tolerances: { scaleDown: 0.1, scaleUp: 0.1 }, isCpu, nowMs };
}

// Upstream: pkg/controller/podautoscaler/replica_calculator_test.go TestReplicaCalc* (v1.36)
it.each<Row>([
  { name: 'ScaleUp', pods: 'rrr', replicas: 3, expected: 5, levels: [300, 500, 700], target: 30, utilization: 50 },
  {
    name: 'ScaleUpUnreadyLessScale',
    pods: 'urr',
    replicas: 3,
    expected: 4,
    levels: [300, 500, 700],
    target: 30,
    utilization: 60,
  },
  {
    name: 'ScaleUpHotCpuLessScale',
    pods: 'hrr',
    replicas: 3,
    expected: 4,
    levels: [300, 500, 700],
    target: 30,
    utilization: 60,
  },
  {
    name: 'ScaleUpUnreadyNoScale',
    pods: 'ruu',
    replicas: 3,
    expected: 3,
    levels: [400, 500, 700],
    target: 30,
    utilization: 40,
  },
  {
    name: 'ScaleUpIgnoresFailedPods',
    pods: 'rrff',
    replicas: 2,
    expected: 4,
    levels: [500, 700],
    target: 30,
    utilization: 60,
  },
  {
    name: 'ScaleUpIgnoresDeletionPods',
    pods: 'rrdd',
    replicas: 2,
    expected: 4,
    levels: [500, 700],
    target: 30,
    utilization: 60,
  },
  {
    name: 'ScaleDown',
    pods: 'rrrrr',
    replicas: 5,
    expected: 3,
    levels: [100, 300, 500, 250, 250],
    target: 50,
    utilization: 28,
  },
  {
    name: 'ScaleDownExcludeUnreadyPods',
    pods: 'rrruu',
    replicas: 5,
    expected: 2,
    levels: [100, 300, 500, 250, 250],
    target: 50,
    utilization: 30,
  },
  {
    name: 'ScaleDownIgnoreHotCpuPods',
    pods: 'rrrhh',
    replicas: 5,
    expected: 2,
    levels: [100, 300, 500, 250, 250],
    target: 50,
    utilization: 30,
  },
  {
    name: 'Tolerance',
    pods: 'rrr',
    requests: ['0.9', '1.0', '1.1'],
    replicas: 3,
    expected: 3,
    levels: [1010, 1030, 1020],
    target: 100,
    utilization: 102,
  },
  {
    name: 'SuperfluousMetrics',
    pods: 'rrrr',
    replicas: 4,
    expected: 24,
    levels: [4000, 9500, 3000, 7000, 3200, 2000],
    target: 100,
    utilization: 587,
  },
  { name: 'MissingMetrics', pods: 'rrrr', replicas: 4, expected: 3, levels: [400, 95], target: 100, utilization: 24 },
  {
    name: 'MissingMetricsNoChangeEq',
    pods: 'rr',
    replicas: 2,
    expected: 2,
    levels: [1000],
    target: 100,
    utilization: 100,
  },
  {
    name: 'MissingMetricsNoChangeGt',
    pods: 'rr',
    replicas: 2,
    expected: 2,
    levels: [1900],
    target: 100,
    utilization: 190,
  },
  {
    name: 'MissingMetricsNoChangeLt',
    pods: 'rr',
    replicas: 2,
    expected: 2,
    levels: [600],
    target: 100,
    utilization: 60,
  },
  {
    name: 'MissingMetricsUnreadyChange',
    pods: 'urr',
    replicas: 3,
    expected: 3,
    levels: [100, 450],
    target: 50,
    utilization: 45,
  },
  {
    name: 'MissingMetricsHotCpuNoChange',
    pods: 'hrr',
    replicas: 3,
    expected: 3,
    levels: [100, 450],
    target: 50,
    utilization: 45,
  },
  {
    name: 'MissingMetricsUnreadyScaleUp',
    pods: 'urr',
    replicas: 3,
    expected: 4,
    levels: [100, 2000],
    target: 50,
    utilization: 200,
  },
  {
    name: 'MissingMetricsUnreadyScaleDown',
    pods: 'urrr',
    replicas: 4,
    expected: 3,
    levels: [100, 100, 100],
    target: 50,
    utilization: 10,
  },
  {
    name: 'DuringRollingUpdateWithMaxSurge',
    pods: 'rrr',
    replicas: 2,
    expected: 2,
    levels: [100, 100],
    target: 50,
    utilization: 10,
  },
])('getResourceReplicas: $name', (row) => {
  const input = inputOf(row);
  const proposal = getResourceReplicas(input, calculateRequests(input.pods, undefined, 'cpu'), row.target);
  expect({ replicas: proposal.replicas, utilization: proposal.utilization }).toEqual({
    replicas: row.expected,
    utilization: row.utilization,
  });
});

it.each<Row>([
  { name: 'ScaleUpCM', pods: 'rrr', replicas: 3, expected: 4, levels: [20_000, 10_000, 30_000], target: 15_000 },
  {
    name: 'ScaleDownCM',
    pods: 'rrrrr',
    replicas: 5,
    expected: 3,
    levels: [12_000, 12_000, 12_000, 12_000, 12_000],
    target: 20_000,
  },
  { name: 'ToleranceCM', pods: 'rrr', replicas: 3, expected: 3, levels: [20_000, 21_000, 21_000], target: 20_000 },
])('getRawResourceReplicas: $name', (row) => {
  expect(getRawResourceReplicas(inputOf(row, false), row.target).replicas).toBe(row.expected);
});

it.each([
  {
    name: 'no pods',
    row: { name: '', pods: '', replicas: 1, expected: 0, levels: [], target: 50 },
    error: 'no pods returned by selector while calculating replica count',
  },
  {
    name: 'only pods that are unready',
    row: { name: '', pods: 'uu', replicas: 2, expected: 0, levels: [1, 1], target: 50 },
    error: 'did not receive metrics for targeted pods (pods might be unready)',
  },
])('getResourceReplicas fails: $name', ({ row, error }) => {
  const input = inputOf(row);
  expect(() => getResourceReplicas(input, calculateRequests(input.pods, undefined, 'cpu'), 50)).toThrow(error);
});

const pod = (spec: Partial<corev1.PodSpec>): corev1.Pod => ({
  metadata: { name: 'test' },
  spec: { containers: [], ...spec },
});
const container = (name: string, cpu?: string) => ({
  name,
  ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
});

// Upstream: TestCalculateRequests
it.each([
  {
    name: 'Calculates requests for all containers',
    spec: { containers: [container('a', '100m'), container('b', '50m')] },
    of: undefined,
    expected: 150,
  },
  {
    name: 'of one container',
    spec: { containers: [container('a', '100m'), container('b', '50m')] },
    of: 'b',
    expected: 50,
  },
  {
    name: 'with sidecars',
    spec: {
      containers: [container('a', '100m')],
      initContainers: [{ ...container('s', '30m'), restartPolicy: 'Always' }, container('i', '1')],
    },
    of: undefined,
    expected: 130,
  },
  {
    name: 'pod-level resources come first',
    spec: { containers: [container('a', '100m')], resources: { requests: { cpu: '800m' } } },
    of: undefined,
    expected: 800,
  },
])('calculateRequests: $name', ({ spec, of, expected }) => {
  expect(calculateRequests([pod(spec as Partial<corev1.PodSpec>)], of, 'cpu').get('test')).toBe(expected);
});

it('calculateRequests names the container that asks for nothing', () => {
  expect(() => calculateRequests([pod({ containers: [container('a')] })], undefined, 'cpu')).toThrow(
    'missing request for cpu in container a of Pod test',
  );
  expect(() => calculateRequests([pod({ containers: [container('a', '1')] })], 'x', 'cpu')).toThrow(
    'container x not found in Pod test',
  );
});
