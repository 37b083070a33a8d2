import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { TerminationCounts } from './termination-counts.ts';

const container = (name: string, exitCode?: number): corev1.ContainerStatus => ({
  name,
  image: 'busybox',
  imageID: '',
  ready: false,
  restartCount: 0,
  state:
    exitCode === undefined
      ? { running: {} }
      : { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } },
});

it('counts each end once', () => {
  const counts = new TerminationCounts();
  const running = { containerStatuses: [container('a'), container('b')] };
  const ended = {
    containerStatuses: [container('a', 0), container('b', 139)],
    initContainerStatuses: [container('i', 0)],
  };
  counts.note({}, running);
  counts.note(running, ended);
  counts.note(ended, ended);
  counts.note(running, { containerStatuses: [container('a'), container('b', 139)] });
  expect(counts.all).toEqual([
    { containerType: 'init_container', exitCode: 0, reason: 'Completed', count: 1 },
    { containerType: 'container', exitCode: 0, reason: 'Completed', count: 1 },
    { containerType: 'container', exitCode: 139, reason: 'Error', count: 2 },
  ]);
});
