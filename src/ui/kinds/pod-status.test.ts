import { expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { podStatus } from './pod-status.ts';

const pod = (status: corev1.PodStatus, extra: Partial<corev1.Pod> = {}): corev1.Pod => ({
  metadata: { name: 'a', namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
  status,
  ...extra,
});
const container = (state: corev1.ContainerState, ready = false): corev1.ContainerStatus => ({
  name: 'c',
  image: 'nginx',
  imageID: '',
  ready,
  restartCount: 0,
  state,
});

it.each([
  {
    name: 'ready',
    pod: pod({
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [container({ running: {} }, true)],
    }),
    level: 'ok',
    text: 'Running',
  },
  {
    name: 'running, not ready',
    pod: pod({ phase: 'Running', containerStatuses: [container({ running: {} })] }),
    level: 'progress',
    text: 'Not ready',
  },
  {
    name: 'crash loop',
    pod: pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    level: 'error',
    text: 'CrashLoopBackOff',
  },
  {
    name: 'no image',
    pod: pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ErrImagePull' } })] }),
    level: 'error',
    text: 'ErrImagePull',
  },
  {
    name: 'no node fits',
    pod: pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }),
    level: 'warning',
    text: 'Unschedulable',
  },
  {
    name: 'completed',
    pod: pod({
      phase: 'Succeeded',
      containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })],
    }),
    level: 'done',
    text: 'Completed',
  },
  {
    name: 'waits for its first init container',
    pod: pod(
      { phase: 'Pending', initContainerStatuses: [container({ running: {} })] },
      { spec: { initContainers: [{ name: 'c' }, { name: 'd' }], containers: [] } },
    ),
    level: 'progress',
    text: 'Init:0/2',
  },
  {
    name: 'being deleted',
    pod: pod({ phase: 'Running' }, { metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    level: 'progress',
    text: 'Terminating',
  },
])('$name', ({ pod, level, text }) => {
  expect(podStatus(pod)).toMatchObject({ level, text });
});
