import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../src/api/core/v1.ts';
import { configMaps, leases, nodes, pods, runtimeClasses } from '../../../src/api/resources.ts';
import { controlPlanePods } from '../../../src/engine/kube-system.ts';
import { createTestCluster, type TestCluster, testPod } from './test-cluster.ts';

type Spec = Parameters<typeof testPod>[1];

const busybox = (script: string, more: Partial<corev1.Container> = {}): corev1.Container => ({
  name: 'app',
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  ...more,
});

const waiting = 'trap "exit 0" TERM; while true; do sleep 1; done';

function createPod(test: TestCluster, name: string, spec: Spec = {}): void {
  const quick = { automountServiceAccountToken: false, terminationGracePeriodSeconds: 5, ...spec };
  test.run(test.client.resource(pods, 'default').create(testPod(name, quick)));
}

const conditionsOf = (pod: corev1.Pod | undefined): Record<string, string> =>
  Object.fromEntries((pod?.status?.conditions ?? []).map(({ type, status }) => [type, status]));

const appOf = (test: TestCluster, name: string): corev1.ContainerStatus | undefined =>
  test.pod(name)?.status?.containerStatuses?.[0];

describe('a pod', () => {
  it('runs, is ready, and is deleted with its events told', () => {
    const test = createTestCluster();
    createPod(test, 'web', { containers: [{ name: 'app', image: 'example.io/app:1' }] });
    test.cluster.advance(1000);
    expect(conditionsOf(test.pod('web'))).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
    expect(test.pod('web')?.status).toMatchObject({ phase: 'Running', hostIP: '172.18.0.2' });
    expect(test.pod('web')?.status?.podIP).toMatch(/^10\.244\./);
    expect(appOf(test, 'web')).toMatchObject({
      ready: true,
      started: true,
      restartCount: 0,
      image: 'example.io/app:1',
    });
    test.run(test.client.resource(pods, 'default').delete('web'));
    test.cluster.advance(1000);
    expect(test.pod('web')).toBeUndefined();
    expect(test.eventsOf('web')).toEqual([
      'Normal Pulling: Pulling image "example.io/app:1"',
      'Normal Pulled: Successfully pulled image "example.io/app:1" in 0s (0s including waiting). Image size: 60000000 bytes.',
      'Normal Created: Container created',
      'Normal Started: Container started',
      'Normal Killing: Stopping container app',
    ]);
    expect(test.problems).toEqual([]);
  });

  it('that ends well succeeds, and one that fails for good has failed', () => {
    const test = createTestCluster();
    createPod(test, 'good', { restartPolicy: 'Never', containers: [busybox('exit 0')] });
    createPod(test, 'bad', {
      restartPolicy: 'Never',
      containers: [busybox('echo -n bye > /dev/termination-log; exit 4')],
    });
    test.cluster.advance(2000);
    expect(test.pod('good')?.status?.phase).toBe('Succeeded');
    expect(test.pod('bad')?.status?.phase).toBe('Failed');
    expect(appOf(test, 'bad')?.state?.terminated).toMatchObject({ exitCode: 4, reason: 'Error', message: 'bye' });
    expect(conditionsOf(test.pod('good'))).toMatchObject({ Ready: 'False', Initialized: 'True' });
  });

  it('starts anew in place when a rule of one container says so', () => {
    const test = createTestCluster();
    const restartPolicyRules: corev1.ContainerRestartRule[] = [
      { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } },
    ];
    createPod(test, 'anew', {
      restartPolicy: 'Never',
      volumes: [{ name: 'count', emptyDir: {} }],
      initContainers: [
        { ...busybox('echo x >> /count/runs'), name: 'first', volumeMounts: [{ name: 'count', mountPath: '/count' }] },
      ],
      containers: [
        busybox(`[ $(wc -l < /count/runs) -lt 2 ] && sleep 5 && exit 42; ${waiting}`, {
          restartPolicy: 'Never',
          restartPolicyRules,
          volumeMounts: [{ name: 'count', mountPath: '/count' }],
        }),
        { ...busybox(waiting), name: 'other' },
      ],
    });
    test.cluster.advance(2000);
    const before = test.pod('anew');
    expect(conditionsOf(before)).toMatchObject({ Ready: 'True', AllContainersRestarting: 'False' });
    const seen: string[] = [];
    for (let ms = 0; ms < 6000; ms += 100) {
      test.cluster.advance(100);
      const now = `${conditionsOf(test.pod('anew'))['AllContainersRestarting']} ${test.pod('anew')?.status?.phase}`;
      if (seen.at(-1) !== now) seen.push(now);
    }
    const after = test.pod('anew');
    expect(seen.at(-1)).toBe('False Running');
    expect(conditionsOf(after)).toMatchObject({ Ready: 'True', Initialized: 'True' });
    expect(after?.status?.podIP).toBe(before?.status?.podIP);
    const all = [...(after?.status?.initContainerStatuses ?? []), ...(after?.status?.containerStatuses ?? [])];
    expect(all.map(({ name, restartCount }) => `${name} ${restartCount}`)).toEqual(['first 1', 'app 1', 'other 1']);
    expect(all[2]?.lastState?.terminated).toMatchObject({ reason: 'RestartingAllContainers', exitCode: 137 });
    expect(test.eventsOf('anew')).toContain('Normal Killing: killing');
    expect(test.problems).toEqual([]);
  });

  it('that crashes is restarted after 10 s, 20 s, 40 s', () => {
    const test = createTestCluster();
    createPod(test, 'crash', { containers: [busybox('exit 3')] });
    test.cluster.advance(1000);
    expect(appOf(test, 'crash')).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 3 } } });
    const restarts: number[] = [];
    for (let seconds = 0; seconds < 180; seconds++) {
      test.cluster.advance(1000);
      restarts.push(appOf(test, 'crash')?.restartCount ?? 0);
    }
    const firstOf = (count: number) => restarts.indexOf(count) + 1;
    expect(firstOf(2)).toBeGreaterThanOrEqual(9);
    expect(firstOf(2)).toBeLessThanOrEqual(16);
    expect(firstOf(3) - firstOf(2)).toBeGreaterThanOrEqual(20);
    expect(firstOf(4) - firstOf(3)).toBeGreaterThanOrEqual(40);
    expect(
      test
        .eventsOf('crash')
        .some((text) =>
          text.startsWith('Warning BackOff: Back-off restarting failed container app in pod crash_default('),
        ),
    ).toBe(true);
  });

  it('runs init containers in order, and sidecars beside the rest until the end', () => {
    const test = createTestCluster();
    createPod(test, 'init', {
      initContainers: [
        busybox('sleep 2', { name: 'first' }),
        busybox(waiting, { name: 'side', restartPolicy: 'Always' }),
        busybox('sleep 3', { name: 'last' }),
      ],
      containers: [busybox(waiting)],
    });
    test.cluster.advance(1000);
    expect(conditionsOf(test.pod('init')).Initialized).toBe('False');
    test.cluster.advance(2000);
    expect(test.pod('init')?.status?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {})[0])).toEqual([
      'terminated',
      'running',
      'running',
    ]);
    test.cluster.advance(4000);
    expect(test.pod('init')?.status?.phase).toBe('Running');
    expect(conditionsOf(test.pod('init')).Ready).toBe('True');
    test.run(test.client.resource(pods, 'default').delete('init'));
    test.cluster.advance(10_000);
    const kills = test.eventsOf('init').filter((text) => text.includes('Killing'));
    expect(kills).toEqual(['Normal Killing: Stopping container app', 'Normal Killing: Stopping container side']);
    expect(test.pod('init')).toBeUndefined();
  });

  const failures: readonly {
    readonly name: string;
    readonly container: Partial<corev1.Container>;
    readonly reason: string;
    readonly message: string;
  }[] = [
    {
      name: 'tag-missing',
      container: { image: 'nginx:doesnotexist' },
      reason: 'ErrImagePull',
      message:
        'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:doesnotexist": failed to resolve reference "docker.io/library/nginx:doesnotexist": docker.io/library/nginx:doesnotexist: not found',
    },
    {
      name: 'name-invalid',
      container: { image: 'Bad Image' },
      reason: 'InvalidImageName',
      message:
        'Failed to apply default image tag "Bad Image": couldn\'t parse image name "Bad Image": invalid reference format',
    },
    {
      name: 'never-pulled',
      container: { image: 'nginx:1.25', imagePullPolicy: 'Never' },
      reason: 'ErrImageNeverPull',
      message: 'Container image "nginx:1.25" is not present with pull policy of Never',
    },
    {
      name: 'config-missing',
      container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'nope', key: 'a' } } }] },
      reason: 'CreateContainerConfigError',
      message: 'configmap "nope" not found',
    },
  ];
  it.each(failures)('waits with a reason: $name', ({ name, container, reason, message }) => {
    const test = createTestCluster();
    createPod(test, name, { containers: [{ name: 'app', image: 'busybox:1.36', ...container }] });
    test.cluster.advance(2000);
    expect(test.pod(name)?.status?.phase).toBe('Pending');
    expect(appOf(test, name)?.state?.waiting).toEqual({ reason, message });
  });

  it('of a RuntimeClass runs where its handler is known, and waits where it is not', () => {
    const test = createTestCluster();
    for (const [name, handler] of [
      ['gvisor', 'runsc'],
      ['strange', 'myconfiguration'],
    ] as const) {
      test.run(test.client.resource(runtimeClasses).create({ metadata: { name }, handler }));
      createPod(test, name, { runtimeClassName: name, containers: [{ name: 'app', image: 'example.io/app:1' }] });
    }
    test.cluster.advance(2000);
    expect(['gvisor', 'strange'].map((name) => test.pod(name)?.status?.phase)).toEqual(['Running', 'Pending']);
    expect(test.eventsOf('strange')[0]).toMatch(
      /^Warning FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "myconfiguration" is configured/,
    );
    expect(test.problems).toEqual([]);
  });
  it('too large for its node is rejected', () => {
    const test = createTestCluster();
    createPod(test, 'big', {
      containers: [{ name: 'app', image: 'busybox:1.36', resources: { requests: { cpu: '50' } } }],
    });
    test.cluster.advance(1000);
    expect(test.pod('big')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 50000, used: 0, capacity: 4000",
    });
  });

  it('past its deadline fails', () => {
    const test = createTestCluster();
    createPod(test, 'late', { activeDeadlineSeconds: 20, containers: [busybox(waiting)] });
    test.cluster.advance(5000);
    expect(test.pod('late')?.status?.phase).toBe('Running');
    test.run(test.client.resource(pods, 'default').patch('late', 'merge', { spec: { activeDeadlineSeconds: 10 } }));
    test.cluster.advance(7000);
    expect(test.pod('late')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  it('over its memory limit is killed', () => {
    const test = createTestCluster();
    createPod(test, 'hog', {
      restartPolicy: 'Never',
      containers: [{ name: 'app', image: 'example.io/app:1', resources: { limits: { memory: '1Mi' } } }],
    });
    test.cluster.advance(1000);
    expect(appOf(test, 'hog')?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it.each([
    ['/cache/file', 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". '],
    ['/file', 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. '],
  ])('that writes too much to %s is evicted', (file, message) => {
    const test = createTestCluster();
    const writing = busybox(`dd if=/dev/zero of=${file} bs=1M count=3; ${waiting}`, {
      resources: { limits: { 'ephemeral-storage': '2Mi' } },
      volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
    });
    createPod(test, 'writer', { containers: [writing], volumes: [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }] });
    test.cluster.advance(30_000);
    expect(test.pod('writer')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message });
    expect(test.eventsOf('writer')).toContain(`Warning Evicted: ${message}`);
    expect(test.problems).toEqual([]);
  });

  it('is resized in place, or waits for room', () => {
    const test = createTestCluster();
    const container = { name: 'app', image: 'example.io/app:1' };
    createPod(test, 'grow', { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] });
    createPod(test, 'other', { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] });
    test.cluster.advance(1000);
    const resize = (cpu: string) =>
      test.run(
        test.client
          .resource(pods, 'default')
          .patch(
            'grow',
            'strategic',
            { spec: { containers: [{ name: 'app', resources: { requests: { cpu } } }] } },
            { subresource: 'resize' },
          ),
      );
    resize('2');
    test.cluster.advance(1000);
    expect(appOf(test, 'grow')).toMatchObject({ restartCount: 0, allocatedResources: { cpu: '2' } });
    expect(() => resize('9')).toThrow(
      "node didn't have enough allocatable resources: cpu, requested: 9000, allocatable: 4000",
    );
    resize('4');
    test.cluster.advance(1000);
    expect(appOf(test, 'grow')).toMatchObject({ allocatedResources: { cpu: '2' } });
    expect(test.pod('grow')?.status?.conditions?.find(({ type }) => type === 'PodResizePending')).toMatchObject({
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 4000, used: 1000, capacity: 4000",
    });
  });
});

it('a container is not given less memory than it uses', () => {
  const test = createTestCluster();
  const limits = (memory: string) => ({ limits: { memory }, requests: { memory } });
  createPod(test, 'shrink', { containers: [busybox(waiting, { resources: limits('64Mi') })] });
  test.cluster.advance(1000);
  const spec = { containers: [{ name: 'app', resources: limits('10Ki') }] };
  test.run(test.client.resource(pods, 'default').patch('shrink', 'strategic', { spec }, { subresource: 'resize' }));
  test.cluster.advance(15_000);
  expect(appOf(test, 'shrink')).toMatchObject({ restartCount: 0, resources: limits('64Mi') });
  const condition = test.pod('shrink')?.status?.conditions?.find(({ type }) => type === 'PodResizeInProgress');
  expect(condition).toMatchObject({ status: 'True', reason: 'Error' });
  expect(condition?.message).toMatch(
    /^cannot decrease memory limits: attempting to set container "app" memory limit \(10240\) below current usage \(\d+\)$/,
  );
  expect(test.problems).toEqual([]);
});
it('an init container is resized in place while it runs', () => {
  const test = createTestCluster();
  const limits = { cpu: '100m', memory: '32Mi' };
  const init = busybox('sleep 60', { name: 'init', resources: { limits, requests: limits } });
  const app = { name: 'app', image: 'example.io/app:1', resources: { limits, requests: limits } };
  createPod(test, 'grow', { initContainers: [init], containers: [app] });
  test.cluster.advance(1000);
  const grown = { cpu: '200m', memory: '64Mi' };
  const spec = { initContainers: [{ name: 'init', resources: { limits: grown, requests: grown } }] };
  test.run(test.client.resource(pods, 'default').patch('grow', 'strategic', { spec }, { subresource: 'resize' }));
  test.cluster.advance(2000);
  expect(test.pod('grow')?.status?.initContainerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    allocatedResources: grown,
    resources: { limits: grown, requests: grown },
  });
  expect(test.pod('grow')?.status?.conditions?.map(({ type }) => type)).not.toContain('PodResizeInProgress');
  expect(test.problems).toEqual([]);
});

describe('probes', () => {
  it('restart a container that is not alive', () => {
    const test = createTestCluster();
    createPod(test, 'live', {
      containers: [
        busybox(`touch /tmp/alive; (sleep 12; rm /tmp/alive) & ${waiting}`, {
          livenessProbe: { exec: { command: ['cat', '/tmp/alive'] }, periodSeconds: 5, failureThreshold: 2 },
        }),
      ],
    });
    test.cluster.advance(10_000);
    expect(appOf(test, 'live')?.restartCount).toBe(0);
    test.cluster.advance(20_000);
    expect(appOf(test, 'live')?.restartCount).toBe(1);
    expect(test.eventsOf('live')).toContain('Normal Killing: Container app failed liveness probe, will be restarted');
  });

  it('keep a pod from being ready until it answers', () => {
    const test = createTestCluster();
    const readinessProbe = { httpGet: { path: '/', port: 8080 }, periodSeconds: 2 };
    createPod(test, 'served', { containers: [{ name: 'app', image: 'example.io/app:1', readinessProbe }] });
    createPod(test, 'refused', { containers: [busybox(waiting, { readinessProbe })] });
    test.cluster.advance(5000);
    expect(conditionsOf(test.pod('served')).Ready).toBe('True');
    expect(conditionsOf(test.pod('refused')).Ready).toBe('False');
    const { podIP } = test.pod('refused')?.status ?? {};
    const text = `Warning Unhealthy: Readiness probe failed: Get "http://${podIP}:8080/": dial tcp ${podIP}:8080: connect: connection refused`;
    expect(test.eventsOf('refused').some((event) => event.startsWith(text))).toBe(true);
  });

  it('of startup hold the others back', () => {
    const test = createTestCluster();
    createPod(test, 'slow', {
      containers: [
        busybox(`(sleep 20; touch /tmp/up) & ${waiting}`, {
          startupProbe: { exec: { command: ['cat', '/tmp/up'] }, periodSeconds: 5, failureThreshold: 10 },
          livenessProbe: { exec: { command: ['cat', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 1 },
        }),
      ],
    });
    test.cluster.advance(15_000);
    expect(appOf(test, 'slow')).toMatchObject({ started: false, ready: false, restartCount: 0 });
    test.cluster.advance(15_000);
    expect(appOf(test, 'slow')).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });
});

describe('volumes', () => {
  it('show a ConfigMap, and its changes', () => {
    const test = createTestCluster();
    const client = test.client.resource(configMaps, 'default');
    const make = (value: string): corev1.ConfigMap => ({
      metadata: { name: 'settings', namespace: 'default' },
      data: { key: value },
    });
    test.run(client.create(make('one')));
    createPod(test, 'reader', {
      containers: [
        busybox('while true; do cat /config/key /fixed; echo; sleep 10; done', {
          volumeMounts: [
            { name: 'config', mountPath: '/config' },
            { name: 'config', mountPath: '/fixed', subPath: 'key' },
          ],
        }),
      ],
      volumes: [{ name: 'config', configMap: { name: 'settings' } }],
    });
    test.cluster.advance(1000);
    test.run(client.patch('settings', 'merge', { data: { key: 'two' } }));
    test.cluster.advance(120_000);
    const id = appOf(test, 'reader')?.containerID?.slice('containerd://'.length) ?? '';
    const lines = test.logOf('node-1', id).trim().split('\n');
    expect(lines[0]).toBe('oneone');
    expect(lines.at(-1)).toBe('twoone');
  });

  it('of the downward API follow the pod', () => {
    const test = createTestCluster();
    createPod(test, 'labelled', {
      containers: [
        busybox('while true; do cat /info/labels; echo; sleep 5; done', {
          volumeMounts: [{ name: 'info', mountPath: '/info' }],
        }),
      ],
      volumes: [
        { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
    });
    test.cluster.advance(1000);
    test.run(
      test.client.resource(pods, 'default').patch('labelled', 'merge', { metadata: { labels: { tier: 'web' } } }),
    );
    test.cluster.advance(10_000);
    const id = appOf(test, 'labelled')?.containerID?.slice('containerd://'.length) ?? '';
    expect(test.logOf('node-1', id).split('\n')).toContain('tier="web"');
  });

  it("belong to the pod's group", () => {
    const test = createTestCluster();
    createPod(test, 'grouped', {
      automountServiceAccountToken: true,
      securityContext: { runAsUser: 1000, fsGroup: 2000 },
      containers: [
        busybox(
          'stat -c "%a %u %g" /data /var/run/secrets/kubernetes.io/serviceaccount/..data/token; echo x > /data/f; stat -c "%u %g" /data/f; sleep 1000',
          { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        ),
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    });
    test.cluster.advance(2000);
    const id = appOf(test, 'grouped')?.containerID?.slice('containerd://'.length) ?? '';
    expect(test.logOf('node-1', id)).toBe('2777 0 2000\n640 1000 2000\n1000 2000\n');
  });

  it('that are missing keep the pod from starting', () => {
    const test = createTestCluster();
    createPod(test, 'stuck', {
      containers: [busybox(waiting, { volumeMounts: [{ name: 'config', mountPath: '/config' }] })],
      volumes: [{ name: 'config', configMap: { name: 'later' } }],
    });
    test.cluster.advance(3000);
    expect(appOf(test, 'stuck')?.state?.waiting).toEqual({ reason: 'ContainerCreating' });
    expect(test.eventsOf('stuck')[0]).toContain(
      'Warning FailedMount: MountVolume.SetUp failed for volume "config" : configmap "later" not found',
    );
    test.run(test.client.resource(configMaps, 'default').create({ metadata: { name: 'later', namespace: 'default' } }));
    test.cluster.advance(10_000);
    expect(test.pod('stuck')?.status?.phase).toBe('Running');
  });
});

describe('a node', () => {
  it('renews its lease every ten seconds and is idle otherwise', () => {
    const test = createTestCluster();
    const renewed = () =>
      test.cluster.readAll(leases).find(({ metadata }) => metadata.name === 'node-1')?.spec?.renewTime;
    const before = renewed();
    expect(test.cluster.sim.runUntilIdle({ limitMs: 5000 })).toBe(true);
    test.cluster.advance(11_000);
    expect(renewed()).not.toBe(before);
  });

  // As the documentation advertises them: a patch of /status/capacity.
  it('gives whatever it is said to have, and no more once that is taken back', () => {
    const test = createTestCluster();
    test.cluster.advance(1000);
    const dongles = () => {
      const { capacity, allocatable } = test.cluster.readAll(nodes)[0]?.status ?? {};
      return [capacity, allocatable].map((list) => list?.['example.com/dongle']);
    };
    const say = (value: string | null) => {
      const patch = { status: { capacity: { 'example.com/dongle': value } } };
      test.run(test.client.resource(nodes).patch('node-1', 'merge', patch, { subresource: 'status' }));
      test.cluster.advance(11_000);
    };
    say('4');
    expect(dongles()).toEqual(['4', '4']);
    say('2');
    expect(dongles()).toEqual(['2', '2']);
    say(null);
    expect(dongles()).toEqual([undefined, undefined]);
  });

  it('that loses power loses its containers, and starts them again', () => {
    const test = createTestCluster();
    createPod(test, 'web', { containers: [{ name: 'app', image: 'example.io/app:1' }] });
    createPod(test, 'once', { restartPolicy: 'Never', containers: [busybox(waiting)] });
    test.cluster.advance(1000);
    test.machines.powerOff('node-1');
    test.cluster.advance(90_000);
    const ready = () =>
      test.cluster.readAll(nodes)[0]?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    expect(ready()).toBe('Unknown');
    test.machines.powerOn('node-1');
    test.cluster.advance(60_000);
    expect(ready()).toBe('True');
    expect(appOf(test, 'web')).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    });
    expect(test.pod('once')?.status?.phase).toBe('Failed');
    expect(test.eventsOf('web')).toContain(
      'Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.',
    );
  });

  it('that is cut off is unknown, and catches up afterwards', () => {
    const test = createTestCluster();
    createPod(test, 'web', { containers: [{ name: 'app', image: 'example.io/app:1' }] });
    test.cluster.advance(1000);
    test.machines.cutNetwork('node-1');
    test.cluster.advance(60_000);
    test.run(test.client.resource(pods, 'default').delete('web'));
    test.cluster.advance(10_000);
    expect(test.pod('web')?.metadata.deletionTimestamp).toBeDefined();
    test.machines.healNetwork('node-1');
    test.cluster.advance(120_000);
    expect(test.pod('web')).toBeUndefined();
  });

  it('shows its static pods as mirrors, and makes them anew', () => {
    const test = createTestCluster({ staticPods: controlPlanePods('172.18.0.2').slice(0, 1) });
    test.cluster.advance(5000);
    const mirror = () => test.pod('etcd-node-1', 'kube-system');
    expect(mirror()?.status).toMatchObject({ phase: 'Running', podIP: '172.18.0.2' });
    const before = mirror()?.metadata.uid;
    test.run(test.client.resource(pods, 'kube-system').delete('etcd-node-1'));
    test.cluster.advance(5000);
    expect(mirror()?.status?.phase).toBe('Running');
    expect(mirror()?.metadata.uid).not.toBe(before);
  });

  it('leaves nothing behind when it stops', () => {
    const test = createTestCluster();
    createPod(test, 'web', { containers: [{ name: 'app', image: 'nginx' }] });
    test.cluster.advance(5000);
    test.hosts.stop();
    test.cluster.stop();
    expect(test.cluster.sim.pending).toBe(0);
    expect(test.problems).toEqual([]);
  });
});
