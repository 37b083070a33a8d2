import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { getContainerOOMScoreAdjust } from './oom-score.ts';

const container = (name: string, request?: string, limit?: string, sidecar = false): corev1.Container => ({
  name,
  image: 'i',
  ...(sidecar ? { restartPolicy: 'Always' } : {}),
  resources: {
    ...(request ? { requests: { memory: request } } : {}),
    ...(limit ? { limits: { memory: limit, cpu: '1' } } : {}),
  },
});
const pod = (spec: Partial<corev1.PodSpec>): corev1.Pod => ({
  metadata: { name: 'p' },
  spec: { containers: [], ...spec },
});
const first = (spec: Partial<corev1.PodSpec>) => {
  const made = pod(spec);
  const [one] = [...(made.spec?.initContainers ?? []), ...(made.spec?.containers ?? [])];
  return one ? getContainerOOMScoreAdjust(made, one, 4_000_000_000) : undefined;
};

// Upstream: pkg/kubelet/qos/policy_test.go (v1.36)
it.each([
  ['without requests', { containers: [container('a')] }, 1000],
  ['guaranteed', { containers: [container('a', '100M', '100M')] }, -997],
  ['critical for the node', { containers: [container('a')], priorityClassName: 'system-node-critical' }, -997],
  ['burstable', { containers: [container('a', '2000M')] }, 500],
  ['with a small request', { containers: [container('a', '1')] }, 999],
  ['with nearly everything', { containers: [container('a', '3999M')] }, 3],
  [
    'a sidecar beside greater ones',
    { initContainers: [container('s', '400M', undefined, true)], containers: [container('a', '1000M')] },
    750,
  ],
  [
    'a greater sidecar',
    { initContainers: [container('s', '1000M', undefined, true)], containers: [container('a', '400M')] },
    750,
  ],
  ['an init container', { initContainers: [container('s', '400M')], containers: [container('a', '1000M')] }, 900],
  [
    'with what the pod has over',
    { containers: [container('a', '400M'), container('b')], resources: { requests: { memory: '1200M' } } },
    800,
  ],
] as const)('%s', (_, spec, score) => expect(first(spec)).toBe(score));
