import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type { ContainerStatus, SandboxStatus } from '../../runtime/runtime-service.ts';
import { ProbeResults } from '../prober/probe-results.ts';
import { hashContainer } from './action-plan.ts';
import { computePodActions } from './pod-actions.ts';

type Run = 'running' | 'succeeded' | 'failed' | 'missing' | 'created';

interface Case {
  readonly name: string;
  readonly policy?: 'Always' | 'OnFailure' | 'Never';
  readonly init?: readonly Run[];
  readonly sidecars?: readonly Run[];
  readonly containers: readonly Run[];
  readonly sandbox?: 'ready' | 'not-ready' | 'none';
  readonly liveness?: readonly string[];
  readonly changed?: readonly string[];
  readonly expected: {
    readonly kill?: boolean;
    readonly create?: boolean;
    readonly start?: readonly string[];
    readonly startInit?: readonly string[];
    readonly killed?: readonly string[];
  };
}

// Of upstream's TestComputePodActions and …WithInitContainers: pkg/kubelet/kuberuntime/kuberuntime_manager_test.go
const cases: readonly Case[] = [
  { name: 'everything is good; do nothing', containers: ['running', 'running'], expected: {} },
  {
    name: 'start pod sandbox and all containers for a new pod',
    containers: ['missing', 'missing'],
    sandbox: 'none',
    expected: { kill: true, create: true, start: ['c0', 'c1'] },
  },
  {
    name: 'restart exited containers if RestartPolicy == Always',
    containers: ['succeeded', 'failed'],
    expected: { start: ['c0', 'c1'] },
  },
  {
    name: 'restart failed containers if RestartPolicy == OnFailure',
    policy: 'OnFailure',
    containers: ['succeeded', 'failed', 'running'],
    expected: { start: ['c1'] },
  },
  {
    name: "don't restart containers if RestartPolicy == Never",
    policy: 'Never',
    containers: ['succeeded', 'failed', 'running'],
    expected: {},
  },
  {
    name: 'kill pod and recreate everything if the pod sandbox is dead, and RestartPolicy == Always',
    containers: ['running', 'running'],
    sandbox: 'not-ready',
    expected: { kill: true, create: true, start: ['c0', 'c1'] },
  },
  {
    name: 'kill pod and recreate failed containers if the pod sandbox is dead, and RestartPolicy == OnFailure',
    policy: 'OnFailure',
    containers: ['succeeded', 'failed'],
    sandbox: 'not-ready',
    expected: { kill: true, create: true, start: ['c1'] },
  },
  {
    name: 'kill the pod if its sandbox is dead and RestartPolicy == Never',
    policy: 'Never',
    containers: ['failed', 'failed'],
    sandbox: 'not-ready',
    expected: { kill: true },
  },
  {
    name: 'kill and recreate the container if the container is in created state',
    containers: ['created', 'running'],
    expected: { start: ['c0'] },
  },
  {
    name: 'kill and recreate the container if its spec has changed',
    containers: ['running', 'running'],
    changed: ['c1'],
    expected: { killed: ['c1'], start: ['c1'] },
  },
  {
    name: 'kill and recreate the container if it fails the liveness check',
    containers: ['running', 'running'],
    liveness: ['c1'],
    expected: { killed: ['c1'], start: ['c1'] },
  },
  {
    name: 'kill but do not recreate it with RestartPolicy == Never',
    policy: 'Never',
    containers: ['running', 'running'],
    liveness: ['c1'],
    expected: { killed: ['c1'] },
  },
  {
    name: 'kill the pod if all containers have ended for good',
    policy: 'Never',
    containers: ['succeeded', 'failed'],
    expected: { kill: true },
  },
  {
    name: 'start the first init container',
    init: ['missing', 'missing'],
    containers: ['missing'],
    expected: { startInit: ['i0'] },
  },
  {
    name: 'initialization in progress; do nothing',
    init: ['succeeded', 'running'],
    containers: ['missing'],
    expected: {},
  },
  {
    name: 'an init container is done; start the next one',
    init: ['succeeded', 'missing'],
    containers: ['missing'],
    expected: { startInit: ['i1'] },
  },
  {
    name: 'all init containers are done; start containers',
    init: ['succeeded', 'succeeded'],
    containers: ['missing', 'missing'],
    expected: { start: ['c0', 'c1'] },
  },
  {
    name: 'initialization failed; restart the last init container if RestartPolicy == Always',
    init: ['succeeded', 'failed'],
    containers: ['missing'],
    expected: { startInit: ['i1'] },
  },
  {
    name: 'initialization failed; kill pod if RestartPolicy == Never',
    policy: 'Never',
    init: ['succeeded', 'failed'],
    containers: ['missing'],
    expected: { kill: true },
  },
  {
    name: 'sidecar runs; start the containers',
    sidecars: ['running'],
    containers: ['missing'],
    expected: { start: ['c0'] },
  },
  {
    name: 'a sidecar that ended is restarted beside its containers',
    sidecars: ['failed'],
    containers: ['running'],
    expected: { startInit: ['s0'] },
  },
  {
    name: 'sidecars do not keep a pod alive',
    policy: 'Never',
    sidecars: ['running'],
    containers: ['succeeded'],
    expected: { kill: true },
  },
];

const sandbox = (state: SandboxStatus['state']): SandboxStatus => ({
  id: 'sandbox',
  state,
  ips: ['10.0.0.1'],
  createdAtMs: 0,
  config: {
    namespace: 'default',
    name: 'pod',
    uid: 'uid',
    attempt: 0,
    hostname: 'pod',
    hostNetwork: false,
    shareProcessNamespace: false,
    dns: { servers: [], searches: [], options: [] },
    hosts: [],
    hostPorts: [],
  },
});

function runOf(container: corev1.Container, run: Run, changed: boolean): readonly ContainerStatus[] {
  if (run === 'missing') return [];
  return [
    {
      id: container.name,
      sandboxId: 'sandbox',
      name: container.name,
      attempt: 0,
      state: run === 'running' ? 'running' : run === 'created' ? 'created' : 'exited',
      createdAtMs: 0,
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: run === 'failed' ? 1 : 0,
      reason: '',
      message: '',
      image: '',
      imageRef: '',
      hash: changed ? 'other' : hashContainer(container),
      resources: {},
      user: { uid: 0, gid: 0, supplementalGroups: [] },
    },
  ];
}

const named = (prefix: string, runs: readonly Run[] = [], more: Partial<corev1.Container> = {}): corev1.Container[] =>
  runs.map((_, index) => ({ name: `${prefix}${index}`, image: 'busybox', ...more }));

describe('computePodActions', () => {
  it.each(cases)('$name', (test) => {
    const init = [...named('i', test.init), ...named('s', test.sidecars, { restartPolicy: 'Always' })];
    const containers = named('c', test.containers);
    const runs = [...(test.init ?? []), ...(test.sidecars ?? []), ...test.containers];
    const all = [...init, ...containers];
    const pod: corev1.Pod = {
      metadata: { name: 'pod', namespace: 'default', uid: 'uid' },
      spec: { restartPolicy: test.policy ?? 'Always', initContainers: init, containers },
    };
    const liveness = new ProbeResults(() => undefined);
    for (const name of test.liveness ?? []) liveness.set(name, 'failure', 'uid');
    const actions = computePodActions({
      pod,
      runtimeStatus: {
        sandboxes: test.sandbox === 'none' ? [] : [sandbox(test.sandbox ?? 'ready')],
        containers: all.flatMap((container, index) =>
          runOf(container, runs[index] ?? 'missing', test.changed?.includes(container.name) ?? false),
        ),
        ips: [],
      },
      liveness,
      startup: new ProbeResults(() => undefined),
      restartAll: false,
    });
    const { kill = false, create = false, start = [], startInit = [], killed = [] } = test.expected;
    expect({
      kill: actions.killPod,
      create: actions.createSandbox,
      start: actions.containersToStart.map(({ name }) => name),
      startInit: actions.initContainersToStart.map(({ name }) => name),
      killed: actions.containersToKill.map(({ containerId }) => containerId),
    }).toEqual({ kill, create, start, startInit, killed });
  });
});
