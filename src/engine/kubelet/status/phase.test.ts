import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { getPhase } from './phase.ts';

type State = 'running' | 'waiting' | 'succeeded' | 'failed' | 'waiting after failure' | 'missing';

const states: Readonly<Record<Exclude<State, 'missing'>, Partial<corev1.ContainerStatus>>> = {
  running: { state: { running: {} } },
  waiting: { state: { waiting: {} } },
  succeeded: { state: { terminated: { exitCode: 0 } } },
  failed: { state: { terminated: { exitCode: 1 } } },
  'waiting after failure': { state: { waiting: {} }, lastState: { terminated: { exitCode: 1 } } },
};

const statusesOf = (prefix: string, list: readonly State[]): corev1.ContainerStatus[] =>
  list.flatMap((state, index) =>
    state === 'missing'
      ? []
      : [{ name: `${prefix}${index}`, image: '', imageID: '', ready: false, restartCount: 0, ...states[state] }],
  );

interface Case {
  readonly name: string;
  readonly policy: 'Always' | 'OnFailure' | 'Never';
  readonly init?: readonly State[];
  readonly containers: readonly State[];
  readonly terminal?: boolean;
  readonly phase: string;
}

// The cases of upstream's TestPodPhaseWithRestart* and …WithInitContainers: pkg/kubelet/kubelet_pods_test.go
const cases: readonly Case[] = [
  { name: 'waiting', policy: 'Always', containers: ['missing', 'missing'], phase: 'Pending' },
  { name: 'all running', policy: 'Always', containers: ['running', 'running'], phase: 'Running' },
  {
    name: 'all stopped with restart always',
    policy: 'Always',
    containers: ['succeeded', 'succeeded'],
    phase: 'Running',
  },
  { name: 'mixed state #1 with restart always', policy: 'Always', containers: ['running', 'failed'], phase: 'Running' },
  {
    name: 'mixed state #2 with restart always',
    policy: 'Always',
    containers: ['running', 'missing'],
    phase: 'Pending',
  },
  {
    name: 'mixed state #3 with restart always',
    policy: 'Always',
    containers: ['running', 'waiting'],
    phase: 'Pending',
  },
  {
    name: 'backoff crashloop container with restart always',
    policy: 'Always',
    containers: ['running', 'waiting after failure'],
    phase: 'Running',
  },
  {
    name: 'all stopped with restart always, terminal',
    policy: 'Always',
    containers: ['succeeded', 'succeeded'],
    terminal: true,
    phase: 'Succeeded',
  },
  {
    name: 'all failed with restart always, terminal',
    policy: 'Always',
    containers: ['failed', 'succeeded'],
    terminal: true,
    phase: 'Failed',
  },
  {
    name: 'all succeeded with restart never',
    policy: 'Never',
    containers: ['succeeded', 'succeeded'],
    phase: 'Succeeded',
  },
  { name: 'all failed with restart never', policy: 'Never', containers: ['failed', 'failed'], phase: 'Failed' },
  {
    name: 'mixed state #1 with restart never',
    policy: 'Never',
    containers: ['running', 'succeeded'],
    phase: 'Running',
  },
  {
    name: 'all succeeded with restart on failure',
    policy: 'OnFailure',
    containers: ['succeeded', 'succeeded'],
    phase: 'Succeeded',
  },
  {
    name: 'all failed with restart on failure',
    policy: 'OnFailure',
    containers: ['failed', 'failed'],
    phase: 'Running',
  },
  { name: 'init running', policy: 'Always', init: ['running'], containers: ['waiting', 'waiting'], phase: 'Pending' },
  {
    name: 'init failed with restart never',
    policy: 'Never',
    init: ['failed'],
    containers: ['waiting', 'waiting'],
    phase: 'Failed',
  },
  {
    name: 'init failed with restart always',
    policy: 'Always',
    init: ['failed'],
    containers: ['waiting', 'waiting'],
    phase: 'Pending',
  },
  {
    name: 'init succeeded, containers run',
    policy: 'Always',
    init: ['succeeded'],
    containers: ['running', 'running'],
    phase: 'Running',
  },
];

describe('getPhase', () => {
  it.each(cases)('$name', ({ policy, init = [], containers, terminal = false, phase }) => {
    const spec: corev1.PodSpec = {
      restartPolicy: policy,
      containers: containers.map((_, index) => ({ name: `c${index}` })),
      initContainers: init.map((_, index) => ({ name: `i${index}` })),
    };
    const statuses = [...statusesOf('c', containers), ...statusesOf('i', init)];
    expect(getPhase(spec, statuses, { podIsTerminal: terminal, podHasInitialized: false, isStatic: false })).toBe(
      phase,
    );
  });
});
