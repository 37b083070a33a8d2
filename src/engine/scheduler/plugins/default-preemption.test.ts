import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import { podDisruptionBudgets, pods as podsResource } from '../../../api/resources.ts';
import { CycleState } from '../cycle-state.ts';
import { NodeToStatus } from '../fit-error.ts';
import { podInformerOptions, type PostFilterResult } from '../framework.ts';
import { makeNode, makePod, type NodeShape, PluginFixture, type PodShape } from '../plugin-fixture.ts';
import { PodInfo } from '../pod-info.ts';
import { Status } from '../status.ts';
import type { DefaultPreemptionArgs } from './default-preemption.ts';

const low = 0;
const mid = 100;
const high = 1000;
const veryHigh = 10_000;
const small = [{ cpu: '100m', memory: '100' }];
const medium = [{ cpu: '200m', memory: '200' }];
const large = [{ cpu: '300m', memory: '300' }];
const veryLarge = { cpu: '500m', memory: '500', pods: '32' };
const onePod: NodeShape = { allocatable: { pods: '1' } };
const poor: NodeShape = { allocatable: { cpu: '200m', memory: '400', pods: '32' } };

interface World {
  readonly nodes: Readonly<Record<string, NodeShape>>;
  readonly pods: readonly PodShape[];
  readonly pod: PodShape;
  readonly status?: corev1.PodStatus;
  readonly budgets?: readonly policyv1.PodDisruptionBudget[];
  readonly args?: DefaultPreemptionArgs;
  /** What filtering said of the nodes; absent: all are Unschedulable. */
  readonly said?: Readonly<Record<string, 'Unschedulable' | 'UnschedulableAndUnresolvable'>>;
  readonly plugins?: readonly string[];
  /** The second in which a pod began to run. */
  readonly starts?: Readonly<Record<string, number>>;
}

function postFilter(world: World): PostFilterResult {
  const { plugins = ['NodeResourcesFit'], args = {} } = world;
  const nodes = Object.entries(world.nodes).map(([name, shape]) => makeNode(name, shape));
  const fixture = new PluginFixture(
    [...plugins, 'DefaultPreemption'],
    { nodes, pods: world.pods.map((shape) => ({ ...makePod(shape), ...startedAt(world.starts?.[shape.name ?? '']) })) },
    [{ name: 'DefaultPreemption', args: { ...args } }],
  );
  const { informers, framework } = fixture;
  for (const budget of world.budgets ?? []) informers.informer(podDisruptionBudgets).store.put(budget);
  const pod: corev1.Pod = { ...makePod(world.pod), ...(world.status ? { status: world.status } : {}) };
  informers.informer(podsResource, podInformerOptions).store.put(pod);
  const state = new CycleState();
  const info = new PodInfo(pod);
  framework.runPreFilterPlugins(state, info);
  const nodeToStatus = new NodeToStatus();
  const said = world.said ?? Object.fromEntries(nodes.map(({ metadata }) => [metadata.name ?? '', 'Unschedulable']));
  for (const [name, code] of Object.entries(said)) nodeToStatus.set(name, new Status(code as 'Unschedulable'));
  const done = framework.runPostFilterPlugins(state, info, nodeToStatus).next();
  if (!done.done) throw new Error('it waits');
  return done.value;
}

const startedAt = (second: number | undefined): { readonly status?: corev1.PodStatus } =>
  second === undefined ? {} : { status: { startTime: `2025-12-31T23:59:0${second}Z` } };

const outcome = ({ nominatedNodeName, status }: PostFilterResult) =>
  status ? `${status.code}: ${status.message}` : nominatedNodeName;

/** By node: the victims, and how many of them violate a budget. */
const candidatesOf = ({ candidates = [] }: PostFilterResult) =>
  Object.fromEntries(
    candidates.map(({ nodeName, victims }) => [
      nodeName,
      { victims: victims.pods.map(({ metadata }) => metadata.name).sort(), violations: victims.numPdbViolations },
    ]),
  );

// Upstream: plugins/defaultpreemption/default_preemption_test.go TestPostFilter (v1.36)
describe('PostFilter', () => {
  it.each<World & { readonly name: string; readonly want: string }>([
    {
      name: 'pod with higher priority can be made schedulable',
      nodes: { node1: onePod },
      pods: [{ name: 'p1', node: 'node1' }],
      pod: { priority: high },
      want: 'node1',
    },
    {
      name: 'pod with tied priority is still unschedulable',
      nodes: { node1: onePod },
      pods: [{ name: 'p1', node: 'node1' }],
      pod: {},
      want: 'Unschedulable: preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    },
    {
      name: 'preemption should respect filteredNodesStatuses',
      nodes: { node1: onePod },
      pods: [{ name: 'p1', node: 'node1' }],
      pod: { priority: high },
      said: { node1: 'UnschedulableAndUnresolvable' },
      want: 'Unschedulable: preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    },
    {
      name: 'preemption should respect absent NodeToStatusReader entry meaning UnschedulableAndUnresolvable',
      nodes: { node1: onePod },
      pods: [{ name: 'p1', node: 'node1' }],
      pod: { priority: high },
      said: {},
      want: 'Unschedulable: preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    },
    {
      name: 'pod can be made schedulable on one node',
      nodes: { node1: onePod, node2: onePod },
      pods: [
        { name: 'p1', node: 'node1', priority: high },
        { name: 'p2', node: 'node2', priority: low },
      ],
      pod: { priority: mid },
      want: 'node2',
    },
    {
      name: 'pod can be made schedulable on minHighestPriority node',
      nodes: { node1: onePod, node2: onePod },
      pods: [
        { name: 'p1', node: 'node1', priority: high, labels: { pdb: 'kept' } },
        { name: 'p2', node: 'node1', priority: low, labels: { pdb: 'violated' } },
        { name: 'p3', node: 'node2', priority: mid, labels: { pdb: 'violated' } },
      ],
      budgets: [budget({ pdb: 'violated' }, 0), budget({ pdb: 'kept' }, 1000, {}, 'other')],
      pod: { priority: veryHigh },
      want: 'node2',
    },
    {
      name: 'no candidate nodes found, no enough resource after removing low priority pods',
      nodes: { node1: poor, node2: poor },
      pods: [
        { name: 'p1', node: 'node1' },
        { name: 'p2', node: 'node2' },
      ],
      pod: { priority: high, requests: large },
      want: 'Unschedulable: preemption: 0/2 nodes are available: 2 Insufficient cpu.',
    },
    {
      name: 'no candidate nodes found with mixed reasons, no lower priority pod and no enough CPU resource',
      nodes: { node1: onePod, node2: poor, node3: onePod },
      pods: [
        { name: 'p1', node: 'node1', priority: high },
        { name: 'p2', node: 'node2' },
        { name: 'p3', node: 'node3', priority: high },
      ],
      pod: { priority: high, requests: large },
      want: 'Unschedulable: preemption: 0/3 nodes are available: 1 Insufficient cpu, 2 No preemption victims found for incoming pod.',
    },
    {
      name: "no candidate nodes found with mixed reason, 2 UnschedulableAndUnresolvable nodes and 2 nodes don't have enough CPU resource",
      nodes: { node1: poor, node2: poor, node3: poor, node4: poor },
      pods: [
        { name: 'p1', node: 'node1' },
        { name: 'p2', node: 'node2' },
      ],
      pod: { priority: high, requests: large },
      said: { node1: 'Unschedulable', node2: 'Unschedulable', node4: 'UnschedulableAndUnresolvable' },
      want: 'Unschedulable: preemption: 0/4 nodes are available: 2 Insufficient cpu, 2 Preemption is not helpful for scheduling.',
    },
  ])('$name', ({ want, ...world }) => {
    expect(outcome(postFilter(world))).toBe(want);
  });
});

function budget(
  matchLabels: Readonly<Record<string, string>>,
  disruptionsAllowed: number,
  disruptedPods: Readonly<Record<string, string>> = {},
  name = 'budget',
): policyv1.PodDisruptionBudget {
  return {
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels } },
    status: { disruptionsAllowed, disruptedPods, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  };
}

const rich: NodeShape = { allocatable: veryLarge };
const two = { node1: rich, node2: rich };
const five = { node1: rich, node2: rich, node3: rich, node4: rich, node5: rich };
const labelled = (node: string, priority: number, name: string): PodShape => ({
  name,
  node,
  priority,
  labels: { app: 'foo' },
  requests: medium,
});
const filling = (priorities: readonly number[]): PodShape[] =>
  priorities.map((priority, i) => ({ name: `p${i + 1}`, node: `node${i + 1}`, priority, requests: large }));
const all = [{ cpu: '500m', memory: '500' }];
const zone = 'zone';
const hostname = 'hostname';
const fooExists = { matchExpressions: [{ key: 'foo', operator: 'Exists' as const }] };

// Upstream: plugins/defaultpreemption/default_preemption_test.go TestDryRunPreemption (v1.36)
describe('the trial', () => {
  it.each<World & { readonly name: string; readonly want: ReturnType<typeof candidatesOf> }>([
    {
      name: 'a pod that fits on both nodes when lower priority pods are preempted',
      nodes: two,
      pods: filling([mid, mid]),
      pod: { priority: high, requests: large },
      want: { node1: { victims: ['p1'], violations: 0 }, node2: { victims: ['p2'], violations: 0 } },
    },
    {
      name: 'a pod that would fit on the nodes, but other pods running are higher priority, no preemption would happen',
      nodes: two,
      pods: filling([mid, mid]),
      pod: { priority: low, requests: large },
      want: {},
    },
    {
      name: 'medium priority pod is preempted, but lower priority one stays as it is small',
      nodes: two,
      pods: [
        { name: 'p1.1', node: 'node1', priority: low, requests: small },
        { name: 'p1.2', node: 'node1', priority: mid, requests: large },
        { name: 'p2', node: 'node2', priority: mid, requests: large },
      ],
      pod: { priority: high, requests: large },
      want: { node1: { victims: ['p1.2'], violations: 0 }, node2: { victims: ['p2'], violations: 0 } },
    },
    {
      name: 'mixed priority pods are preempted',
      nodes: two,
      pods: [
        { name: 'p1.1', node: 'node1', priority: mid, requests: small },
        { name: 'p1.2', node: 'node1', priority: low, requests: small },
        { name: 'p1.3', node: 'node1', priority: mid, requests: medium },
        { name: 'p1.4', node: 'node1', priority: high, requests: small },
        { name: 'p2', node: 'node2', priority: high, requests: large },
      ],
      pod: { priority: high, requests: large },
      want: { node1: { victims: ['p1.2', 'p1.3'], violations: 0 } },
    },
    {
      name: 'mixed priority pods are preempted, pick later StartTime one when priorities are equal',
      nodes: two,
      pods: [
        { name: 'p1.1', node: 'node1', priority: low, requests: small },
        { name: 'p1.2', node: 'node1', priority: low, requests: small },
        { name: 'p1.3', node: 'node1', priority: mid, requests: medium },
        { name: 'p1.4', node: 'node1', priority: high, requests: small },
        { name: 'p2', node: 'node2', priority: high, requests: large },
      ],
      starts: { 'p1.1': 5, 'p1.2': 4, 'p1.3': 3, 'p1.4': 2, p2: 1 },
      pod: { priority: high, requests: large },
      want: { node1: { victims: ['p1.1', 'p1.3'], violations: 0 } },
    },
    {
      name: 'pod with anti-affinity is preempted',
      plugins: ['NodeResourcesFit', 'InterPodAffinity'],
      nodes: {
        node1: { ...rich, labels: { hostname: 'node1' } },
        node2: { ...rich, labels: { hostname: 'node2' } },
      },
      pods: [
        { name: 'p1.1', node: 'node1', priority: low, requests: small, labels: { foo: '' }, spec: shunningFoo() },
        { name: 'p1.2', node: 'node1', priority: mid, requests: small },
        { name: 'p1.3', node: 'node1', priority: high, requests: small },
        { name: 'p2', node: 'node2', priority: high, requests: small },
      ],
      pod: { priority: high, requests: small, labels: { foo: '' } },
      want: { node1: { victims: ['p1.1'], violations: 0 } },
    },
    {
      name: 'preemption to resolve pod topology spread filter failure',
      plugins: ['PodTopologySpread'],
      nodes: {
        'node-a': { labels: { zone: 'zone1', hostname: 'node-a' } },
        'node-b': { labels: { zone: 'zone1', hostname: 'node-b' } },
        'node-x': { labels: { zone: 'zone2', hostname: 'node-x' } },
      },
      pods: [
        { name: 'pod-a1', node: 'node-a', priority: mid, labels: { foo: '' } },
        { name: 'pod-a2', node: 'node-a', priority: low, labels: { foo: '' } },
        { name: 'pod-b1', node: 'node-b', priority: low, labels: { foo: '' } },
        { name: 'pod-x1', node: 'node-x', priority: high, labels: { foo: '' } },
        { name: 'pod-x2', node: 'node-x', priority: high, labels: { foo: '' } },
      ],
      pod: {
        priority: high,
        labels: { foo: '' },
        spec: {
          topologySpreadConstraints: [zone, hostname].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: 'DoNotSchedule' as const,
            labelSelector: fooExists,
          })),
        },
      },
      want: { 'node-a': { victims: ['pod-a2'], violations: 0 }, 'node-b': { victims: ['pod-b1'], violations: 0 } },
    },
    {
      name: 'preemption with violation of same pdb',
      nodes: { node1: rich },
      pods: [labelled('node1', mid, 'p1.1'), labelled('node1', mid, 'p1.2')],
      budgets: [budget({ app: 'foo' }, 1)],
      pod: { priority: high, requests: all },
      want: { node1: { victims: ['p1.1', 'p1.2'], violations: 1 } },
    },
    {
      name: "preemption with violation of the pdb with pod whose eviction was processed, the victim doesn't belong to DisruptedPods",
      nodes: { node1: rich },
      pods: [labelled('node1', mid, 'p1.1'), labelled('node1', mid, 'p1.2')],
      budgets: [budget({ app: 'foo' }, 1, { p2: '2026-01-01T00:00:00Z' })],
      pod: { priority: high, requests: all },
      want: { node1: { victims: ['p1.1', 'p1.2'], violations: 1 } },
    },
    {
      name: 'preemption with violation of the pdb with pod whose eviction was processed, the victim belongs to DisruptedPods',
      nodes: { node1: rich },
      pods: [labelled('node1', mid, 'p1.1'), labelled('node1', mid, 'p1.2')],
      budgets: [budget({ app: 'foo' }, 1, { 'p1.2': '2026-01-01T00:00:00Z' })],
      pod: { priority: high, requests: all },
      want: { node1: { victims: ['p1.1', 'p1.2'], violations: 0 } },
    },
    {
      name: "preemption with violation of the pdb with pod whose eviction was processed, the victim which belongs to DisruptedPods is treated as 'nonViolating'",
      nodes: { node1: rich },
      pods: [labelled('node1', mid, 'p1.1'), labelled('node1', mid, 'p1.2'), labelled('node1', mid, 'p1.3')],
      budgets: [budget({ app: 'foo' }, 1, { 'p1.3': '2026-01-01T00:00:00Z' })],
      pod: { priority: high, requests: all },
      want: { node1: { victims: ['p1.1', 'p1.2', 'p1.3'], violations: 1 } },
    },
  ])('$name', ({ want, ...world }) => {
    expect(candidatesOf(postFilter(world))).toEqual(want);
  });

  it.each([
    {
      name: 'all nodes are possible candidates, but DefaultPreemptionArgs limits to 2',
      priorities: [mid, mid, mid, mid, mid],
      among: ['node1', 'node2', 'node3', 'node4', 'node5'],
    },
    {
      name: 'some nodes are not possible candidates, DefaultPreemptionArgs limits to 2',
      priorities: [mid, veryHigh, mid, mid, veryHigh],
      among: ['node1', 'node3', 'node4'],
    },
  ])('$name', ({ priorities, among }) => {
    const found = candidatesOf(
      postFilter({
        nodes: five,
        pods: filling(priorities),
        pod: { priority: high, requests: large },
        args: { minCandidateNodesPercentage: 40, minCandidateNodesAbsolute: 1 },
      }),
    );
    expect(Object.keys(found)).toHaveLength(2);
    expect(among).toEqual(expect.arrayContaining(Object.keys(found)));
  });
});

function shunningFoo(): Partial<corev1.PodSpec> {
  const terms = [{ labelSelector: fooExists, topologyKey: hostname }];
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

// Upstream: plugins/defaultpreemption/default_preemption_test.go TestPodEligibleToPreemptOthers (v1.36)
describe('who may drive others out', () => {
  const ending: corev1.PodCondition = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };
  const nominated: corev1.PodStatus = { nominatedNodeName: 'node1' };
  it.each([
    { name: 'Pod with nominated node', status: nominated, said: 'UnschedulableAndUnresolvable' as const, want: true },
    { name: 'Pod without nominated node', status: {}, want: true },
    { name: "Pod with 'PreemptNever' preemption policy", status: {}, policy: 'Never' as const, want: false },
    {
      name: 'preemption victim pod terminating, as indicated by the dedicated DisruptionTarget condition',
      status: nominated,
      conditions: [ending],
      want: false,
    },
    { name: 'non-victim Pods terminating', status: nominated, want: true },
  ])('$name', ({ status, said = 'Unschedulable', policy, conditions, want }) => {
    const fixture = new PluginFixture(['DefaultPreemption'], { nodes: [makeNode('node1')] });
    const there = makePod({ name: 'p1', node: 'node1', priority: low, isDeleting: true });
    fixture.cache.putPod({ ...there, status: { ...(conditions ? { conditions } : {}) } });
    const spec: Partial<corev1.PodSpec> = policy ? { preemptionPolicy: policy } : {};
    const pod: corev1.Pod = { ...makePod({ priority: high, spec }), status };
    fixture.informers.informer(podsResource, podInformerOptions).store.put(pod);
    const nodeToStatus = new NodeToStatus();
    nodeToStatus.set('node1', new Status(said as 'Unschedulable'));
    const { value } = fixture.framework.runPostFilterPlugins(new CycleState(), new PodInfo(pod), nodeToStatus).next();
    const message = (value as PostFilterResult).status?.message ?? '';
    expect(!message.includes('not eligible')).toBe(want);
  });
});
