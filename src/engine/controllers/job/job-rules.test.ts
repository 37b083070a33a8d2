import { describe, expect, it } from 'vitest';
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { getRemainingTime, newBackoffRecord } from './backoff-record.ts';
import { matchSuccessPolicy } from './job-conditions.ts';
import { OrderedIntervals } from './ordered-intervals.ts';
import { isIndexFailed, isPodFailed, matchPodFailurePolicy } from './pod-failure.ts';

const now = Date.UTC(2026, 0, 1);
const job = (spec: Partial<batchv1.JobSpec>): batchv1.Job => ({
  metadata: { name: 'job', namespace: 'default' },
  spec: { template: {}, ...spec } as batchv1.JobSpec,
});
const ended = (exits: Readonly<Record<string, number>>, more: Partial<corev1.PodStatus> = {}): corev1.Pod => ({
  metadata: { name: 'mypod', namespace: 'default' },
  status: {
    phase: 'Failed',
    containerStatuses: Object.entries(exits).map(([name, exitCode]) => ({
      name,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt: formatTime(now) } },
    })),
    ...more,
  },
});

type Rule = batchv1.PodFailurePolicyRule;
const onCodes = (
  action: string,
  operator: 'In' | 'NotIn',
  values: readonly number[],
  containerName?: string,
): Rule => ({
  action: action as Rule['action'],
  onExitCodes: { operator, values, ...(containerName === undefined ? {} : { containerName }) },
});
const onCondition = (action: string, type: string, status = 'True'): Rule => ({
  action: action as Rule['action'],
  onPodConditions: [{ type, status }],
});
const disrupted = ended({}, { conditions: [{ type: 'DisruptionTarget', status: 'True' }] });

// Of upstream's pkg/controller/job/pod_failure_policy_test.go TestMatchPodFailurePolicy (v1.36)
it.each([
  ['no policy', [], ended({ app: 2 }), { countFailed: true }],
  [
    'pod failure policy with NotIn operator and value 0',
    [onCodes('FailJob', 'NotIn', [0])],
    ended({ app: 1 }),
    {
      action: 'FailJob',
      countFailed: true,
      failJobMessage: 'Container app for pod default/mypod failed with exit code 1 matching FailJob rule at index 0',
    },
  ],
  [
    'second jobfail rule matched for exit codes',
    [onCodes('FailJob', 'In', [1, 2, 3]), onCodes('FailJob', 'In', [4, 5, 6])],
    ended({ app: 5 }),
    {
      action: 'FailJob',
      countFailed: true,
      failJobMessage: 'Container app for pod default/mypod failed with exit code 5 matching FailJob rule at index 1',
    },
  ],
  [
    'count rule matched for exit codes',
    [onCodes('Count', 'In', [1, 2])],
    ended({ app: 2 }),
    { action: 'Count', countFailed: true },
  ],
  [
    'ignore rule matched for exit codes',
    [onCodes('Ignore', 'In', [1, 2])],
    ended({ app: 2 }),
    { action: 'Ignore', countFailed: false },
  ],
  [
    'FailIndex rule matched for exit codes',
    [onCodes('FailIndex', 'In', [1, 2])],
    ended({ app: 2 }),
    { action: 'FailIndex', countFailed: true },
  ],
  [
    'default - do nothing: success is no match',
    [onCodes('Ignore', 'NotIn', [1])],
    ended({ app: 0 }),
    { countFailed: true },
  ],
  [
    'only the container that is named',
    [onCodes('Ignore', 'In', [2], 'other')],
    ended({ app: 2, other: 3 }),
    { countFailed: true },
  ],
  [
    'ignore rule matched by pod conditions',
    [onCondition('Ignore', 'DisruptionTarget')],
    disrupted,
    { action: 'Ignore', countFailed: false },
  ],
  [
    'ignore rule not matched as status does not match',
    [onCondition('Ignore', 'DisruptionTarget', 'False')],
    disrupted,
    { countFailed: true },
  ],
  [
    'job fail rule matched by pod conditions',
    [onCondition('FailJob', 'DisruptionTarget')],
    disrupted,
    {
      action: 'FailJob',
      countFailed: true,
      failJobMessage: 'Pod default/mypod has condition DisruptionTarget matching FailJob rule at index 0',
    },
  ],
  [
    'ignore rule by conditions takes precedence over job fail rule for exit codes: the first that matches',
    [onCondition('Ignore', 'DisruptionTarget'), onCodes('FailJob', 'In', [2])],
    ended({ app: 2 }, { conditions: [{ type: 'DisruptionTarget', status: 'True' }] }),
    { action: 'Ignore', countFailed: false },
  ],
] satisfies readonly (readonly [string, readonly Rule[], corev1.Pod, object])[])(
  'matchPodFailurePolicy: %s',
  (_, rules, pod, expected) => {
    expect(matchPodFailurePolicy(job({ podFailurePolicy: { rules } }), pod)).toEqual(expected);
  },
);

const going: corev1.Pod = { metadata: { name: 'p', deletionTimestamp: formatTime(now) }, status: { phase: 'Running' } };
it.each([
  ['failed', {}, ended({ app: 1 }), true],
  ['on its way out', {}, going, true],
  ['on its way out, to be replaced only when failed', { podReplacementPolicy: 'Failed' }, going, false],
  ['on its way out, with a failure policy', { podFailurePolicy: { rules: [] } }, going, false],
  ['running', {}, { metadata: { name: 'p' }, status: { phase: 'Running' } }, false],
] satisfies readonly (readonly [string, Partial<batchv1.JobSpec>, corev1.Pod, boolean])[])(
  'isPodFailed: %s',
  (_, spec, pod, expected) => {
    expect(isPodFailed(pod, job(spec))).toBe(expected);
  },
);

// Upstream: indexed_job_utils_test.go TestIsIndexFailed (v1.36)
it.each([
  ['failed pod exceeding backoffLimitPerIndex, when backoffLimitPerIndex=0', 0, '0', [], true],
  ['failed pod exceeding backoffLimitPerIndex, when backoffLimitPerIndex=1', 1, '1', [], true],
  ['failed pod within backoffLimitPerIndex', 1, '0', [], false],
  ['matching FailIndex pod failure policy', 1, '0', [onCodes('FailIndex', 'In', [3])], true],
  ['matching Ignore pod failure policy', 0, '0', [onCodes('Ignore', 'In', [3])], false],
])('isIndexFailed: %s', (_, backoffLimitPerIndex, count, rules, expected) => {
  const pod = ended({ app: 3 });
  const annotations = { 'batch.kubernetes.io/job-index-failure-count': count };
  const counted = { ...pod, metadata: { ...pod.metadata, annotations } };
  const policy = rules.length > 0 ? { podFailurePolicy: { rules } } : {};
  expect(isIndexFailed(job({ backoffLimitPerIndex, ...policy }), counted)).toBe(expected);
});

// Upstream: indexed_job_utils_test.go TestCalculateSucceededIndexes (v1.36)
it.each([
  ['one index', '', 2, [1], '1'],
  ['two separate', '', 3, [0, 2], '0,2'],
  ['two intervals', '', 6, [0, 1, 3, 4], '0,1,3,4'],
  ['one index and one interval', '', 6, [0, 2, 3, 4], '0,2-4'],
  ['prev interval out of range', '0,3-7', 3, [0], '0'],
  ['prev interval partially out of range', '1-7', 3, [], '1,2'],
  ['prev and new separate', '0,4,5', 8, [2, 7], '0,2,4,5,7'],
  ['prev between new', '3,4', 8, [2, 5, 6], '2-6'],
  ['new between prev', '2,3,5,6', 8, [4], '2-6'],
  ['new within prev', '2-7', 8, [3, 5], '2-7'],
  ['corrupted interval', '0,1-foo,bar', 8, [3], '0,3'],
])('OrderedIntervals: %s', (_, before, completions, indexes, expected) => {
  const result = OrderedIntervals.parse(before, completions).with(indexes);
  expect(result.toString()).toBe(expected);
  expect(result.total).toBe(Array.from({ length: completions }, (__, i) => i).filter((i) => result.has(i)).length);
});

// Of upstream's success_policy_test.go TestMatchSuccessPolicy (v1.36)
it.each([
  ['successPolicy has no rules', [], '0', undefined],
  ['no indexes have succeeded', [{ succeededCount: 1 }], '', undefined],
  ['rules[0].succeededCount matches', [{ succeededCount: 2 }], '0-2', 'Matched rules at index 0'],
  ['rules[0].succeededCount does not match', [{ succeededCount: 4 }], '0-2', undefined],
  ['rules[0].succeededIndexes matches', [{ succeededIndexes: '0,2' }], '0-2', 'Matched rules at index 0'],
  ['rules[0].succeededIndexes does not match', [{ succeededIndexes: '0,3' }], '0-2', undefined],
  [
    'succeededCount of succeededIndexes',
    [{ succeededIndexes: '0-4', succeededCount: 2 }],
    '0,4',
    'Matched rules at index 0',
  ],
  ['rules[1] matches', [{ succeededIndexes: '9' }, { succeededIndexes: '1' }], '1', 'Matched rules at index 1'],
])('matchSuccessPolicy: %s', (_, rules, succeeded, expected) => {
  const made = job({ completions: 10, successPolicy: { rules } });
  expect(matchSuccessPolicy(made, OrderedIntervals.parse(succeeded, 10))).toBe(expected);
});

const at = (secondsAgo: number): corev1.Pod => {
  const terminated = { exitCode: 1, finishedAt: formatTime(now - secondsAgo * 1000) };
  const status = { name: 'app', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } };
  return { metadata: { name: `${secondsAgo}` }, status: { phase: 'Failed', containerStatuses: [status] } };
};
// Of upstream's backoff_utils_test.go TestNewBackoffRecord and TestGetRemainingBackoffTime (v1.36)
describe('back-off', () => {
  it.each([
    ['Empty backoff store and one new failure', undefined, [], [at(20)], { failures: 1, lastFailureMs: now - 20_000 }],
    [
      'A further failure',
      { failures: 2, lastFailureMs: now - 90_000 },
      [],
      [at(5)],
      { failures: 3, lastFailureMs: now - 5000 },
    ],
    ['A success after the failures', { failures: 2, lastFailureMs: now - 90_000 }, [at(1)], [at(5)], { failures: 0 }],
    [
      'A success between failures',
      undefined,
      [at(7)],
      [at(9), at(5), at(2)],
      { failures: 2, lastFailureMs: now - 2000 },
    ],
    ['Nothing new', { failures: 2, lastFailureMs: now - 90_000 }, [], [], { failures: 2, lastFailureMs: now - 90_000 }],
  ])('newBackoffRecord: %s', (_, old, succeeded, failed, expected) => {
    expect(newBackoffRecord(old, succeeded, failed)).toEqual(expected);
  });
  it.each([
    ['no failures', 0, 0, 0],
    ['one failure', 1, 0, 10_000],
    ['one failure, waited enough', 1, 15_000, 0],
    ['three failures', 3, 10_000, 30_000],
    ['at most ten minutes', 30, 0, 600_000],
  ])('getRemainingTime: %s', (_, failures, agoMs, expected) => {
    expect(getRemainingTime({ failures, lastFailureMs: now - agoMs }, now)).toBe(expected);
  });
});
