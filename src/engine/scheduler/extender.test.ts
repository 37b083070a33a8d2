import { expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { pods } from '../../api/resources.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import { type Cluster, createCluster } from '../cluster.ts';
import type { SchedulerConfiguration } from './configuration.ts';
import { decodeSchedulerConfiguration } from './decode-configuration.ts';
import type { CallExtender, ExtenderConfiguration } from './extender.ts';
import type { Plugin } from './framework.ts';
import { Status } from './status.ts';

interface Asked {
  readonly url: string;
  readonly body: JsonObject;
}

/** An extender that answers by verb, and what it was asked. */
function extenderOf(answers: Readonly<Record<string, (body: JsonObject) => unknown>>) {
  const asked: Asked[] = [];
  const call: CallExtender = function* ({ url, body }) {
    asked.push({ url, body: body as JsonObject });
    const answer = answers[url.split('/').at(-1) ?? ''];
    return answer ? { status: 200, body: JSON.stringify(answer(body as JsonObject)) } : { status: 404, body: '' };
  };
  return { asked, call };
}

function clusterWith(configuration: SchedulerConfiguration, count = 3): Cluster {
  const cluster = createCluster({
    nodes: count,
    hollow: true,
    latency: 'instant',
    schedulerConfiguration: configuration,
  });
  cluster.advance(5000);
  return cluster;
}
const podOf = (name: string, requests: Record<string, string> = {}): corev1.Pod => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'busybox', resources: { requests, limits: requests } }] },
});
function run(cluster: Cluster, pod: corev1.Pod, ms = 5000): corev1.Pod | undefined {
  cluster.sim.spawn(cluster.client().resource(pods, 'default').create(pod));
  cluster.advance(ms);
  return cluster.read(pods, 'default', pod.metadata.name ?? '');
}
const scheduledCondition = (pod: corev1.Pod | undefined) =>
  pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
const urlPrefix = 'http://extender.example:8888/scheduler/';
const cached: ExtenderConfiguration = { urlPrefix, nodeCacheCapable: true };

it('takes nodes away, and says why', () => {
  const { asked, call } = extenderOf({
    filter: () => ({ NodeNames: [], FailedNodes: { 'node-0': 'too loud', 'node-1': 'too loud', 'node-2': 'too far' } }),
  });
  const cluster = clusterWith({ extenders: [{ ...cached, filterVerb: 'filter' }], callExtender: call });
  expect(scheduledCondition(run(cluster, podOf('a')))).toMatchObject({
    reason: 'Unschedulable',
    message:
      '0/3 nodes are available: 1 too far, 2 too loud. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
  });
  expect(asked[0]?.url).toBe('http://extender.example:8888/scheduler/filter');
  expect(asked[0]?.body['NodeNames']).toEqual(['node-0', 'node-1', 'node-2']);
  expect(asked[0]?.body['Nodes']).toBeNull();
  cluster.stop();
});

it('is sent whole nodes when it knows none, and scores and binds', () => {
  const { asked, call } = extenderOf({
    filter: (body) => ({ nodes: body['Nodes'] }),
    prioritize: () => [{ Host: 'node-2', Score: 10 }],
    bind: () => ({}),
  });
  const verbs = { filterVerb: 'filter', prioritizeVerb: 'prioritize', weight: 50, bindVerb: 'bind' };
  const cluster = clusterWith({ extenders: [{ urlPrefix, ...verbs }], callExtender: call });
  run(cluster, podOf('a'));
  const bound = asked.find(({ url }) => url.endsWith('/bind'));
  expect(bound?.body).toMatchObject({ PodName: 'a', PodNamespace: 'default', Node: 'node-2' });
  cluster.stop();
});

it.each([
  { name: 'fails the pod', ignorable: false, reason: 'SchedulerError' },
  { name: 'is left out when it may be', ignorable: true, reason: undefined },
])('one that does not answer $name', ({ ignorable, reason }) => {
  const { call } = extenderOf({});
  const cluster = clusterWith({ extenders: [{ ...cached, filterVerb: 'filter', ignorable }], callExtender: call });
  const condition = scheduledCondition(run(cluster, podOf('a')));
  expect(condition?.reason).toBe(reason);
  if (reason) expect(condition?.message).toBe(`failed filter with extender at URL ${urlPrefix}filter, code 404`);
  cluster.stop();
});

it('takes part for its resources only', () => {
  const { asked, call } = extenderOf({ filter: (body) => ({ NodeNames: body['NodeNames'] }) });
  const managedResources = [{ name: 'example.com/foo', ignoredByScheduler: true }];
  const cluster = clusterWith({
    extenders: [{ ...cached, filterVerb: 'filter', managedResources }],
    callExtender: call,
  });
  expect(run(cluster, podOf('a'))?.spec?.nodeName).toBeDefined();
  expect(asked).toEqual([]);
  expect(run(cluster, podOf('b', { 'example.com/foo': '1' }))?.spec?.nodeName).toBeDefined();
  expect(asked).toHaveLength(1);
  cluster.stop();
});

it('agrees to victims', () => {
  const { asked, call } = extenderOf({
    preempt: (body) => {
      const [first] = Object.entries(body['NodeNameToMetaVictims'] as JsonObject);
      return { nodeNameToMetaVictims: first ? { [first[0]]: first[1] } : {} };
    },
  });
  const cluster = clusterWith({ extenders: [{ ...cached, preemptVerb: 'preempt' }], callExtender: call }, 1);
  run(cluster, podOf('low', { cpu: '3' }));
  const urgent = podOf('urgent', { cpu: '3' });
  const spec = { ...(urgent.spec as corev1.PodSpec), priorityClassName: 'system-node-critical' };
  expect(run(cluster, { ...urgent, spec }, 60_000)?.spec?.nodeName).toBe('node-0');
  expect(asked).toHaveLength(1);
  cluster.stop();
});

/** Holds pods back until the test says. */
const gate: Plugin = { name: 'Gate', permit: () => ({ status: new Status('Wait'), timeoutMs: 10_000 }) };

it.each([
  { name: 'is bound when the plugin agrees', agrees: true },
  { name: 'is refused when it does not in time', agrees: false },
])('a pod that Permit holds back $name', ({ agrees }) => {
  let allow: (uid: string) => void = () => {};
  const cluster = clusterWith({
    profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'Gate' }] } } }],
    outOfTreePlugins: [
      {
        name: 'Gate',
        weight: 0,
        create: (_, handle) => {
          allow = (uid) => handle.getWaitingPod(uid)?.allow('Gate');
          return gate;
        },
      },
    ],
  });
  const pod = run(cluster, podOf('a'), 3000);
  expect(pod?.spec?.nodeName).toBeUndefined();
  expect(pod?.status?.nominatedNodeName).toMatch(/^node-/);
  if (agrees) allow(pod?.metadata.uid ?? '');
  cluster.advance(agrees ? 1000 : 7500);
  const after = cluster.read(pods, 'default', 'a');
  if (agrees) expect(after?.spec?.nodeName).toBe(pod?.status?.nominatedNodeName);
  else {
    const message = '0/1 nodes are available: 1 rejected due to timeout after waiting 10s at plugin Gate.';
    expect(scheduledCondition(after)).toMatchObject({ reason: 'Unschedulable', message });
  }
  cluster.stop();
});

it.each([
  { name: 'kind', document: { kind: 'Pod', apiVersion: 'v1' }, says: /no kind "Pod" is registered for version "v1"/ },
  {
    name: 'unknown field',
    document: { profiles: [{ schedulrName: 'x' }] },
    says: /^strict decoding error: unknown field "profiles\[0\].schedulrName"$/,
  },
  {
    name: 'percentage',
    document: { percentageOfNodesToScore: 101 },
    says: /^percentageOfNodesToScore: Invalid value: 101: not in valid range \[0-100\]$/,
  },
  {
    name: 'names of profiles',
    document: { profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] },
    says: /^profiles\[1\].schedulerName: Duplicate value: "profiles\[0\].schedulerName"$/,
  },
  {
    name: 'weight of an extender',
    document: { extenders: [{ urlPrefix, prioritizeVerb: 'p' }] },
    says: /^extenders\[0\].weight: Invalid value: 0: must have a positive weight applied to it$/,
  },
  {
    name: 'plugin',
    document: { profiles: [{ plugins: { filter: { enabled: [{ name: 'Nope' }] } } }] },
    says: /plugin "Nope" does not exist/,
  },
])('refuses a configuration with a wrong $name', ({ document, says }) => {
  expect(() => decodeSchedulerConfiguration(document)).toThrow(says);
});
