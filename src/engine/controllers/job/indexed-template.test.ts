import { expect, it } from 'vitest';
import { indexedTemplate, podGenerateNameWithIndex } from './indexed-template.ts';

// Upstream: pkg/controller/job/indexed_job_utils_test.go TestPodGenerateNameWithIndex (v1.36)
it.each([
  { name: 'short job name', job: 'indexed-job', index: 1, expected: 'indexed-job-1-' },
  {
    name: 'job name exceeds MaxGeneneratedNameLength',
    job: 'hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh',
    index: 1,
    expected: `${'h'.repeat(55)}-1-`,
  },
  {
    name: 'job name with index suffix exceeds MaxGeneratedNameLength',
    job: 'h'.repeat(58),
    index: 100,
    expected: `${'h'.repeat(53)}-100-`,
  },
])('podGenerateNameWithIndex: $name', ({ job, index, expected }) => {
  expect(podGenerateNameWithIndex(job, index)).toBe(expected);
});

const job = (spec = {}) => ({
  metadata: { name: 'job' },
  spec: { template: {}, completionMode: 'Indexed' as const, ...spec },
});
const env = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
};

it('gives a pod its index as label, annotation, host name and variable', () => {
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'i' }] },
  };
  expect(indexedTemplate(job(), template, 3, undefined)).toEqual({
    metadata: {
      labels: { a: 'b', 'batch.kubernetes.io/job-completion-index': '3' },
      annotations: { 'batch.kubernetes.io/job-completion-index': '3' },
    },
    spec: {
      hostname: 'job-3',
      initContainers: [{ name: 'i', env: [env] }],
      containers: [{ name: 'c', env: [env] }],
    },
  });
});

it('leaves a variable of that name as it is, and counts failures where each index has its own limit', () => {
  const own = { name: 'JOB_COMPLETION_INDEX', value: 'mine' };
  const template = { spec: { containers: [{ name: 'c', env: [own] }] } };
  const made = indexedTemplate(job({ backoffLimitPerIndex: 1 }), template, 0, undefined);
  expect(made.spec?.containers[0]?.env).toEqual([own]);
  expect(made.metadata?.annotations).toMatchObject({ 'batch.kubernetes.io/job-index-failure-count': '0' });
});
