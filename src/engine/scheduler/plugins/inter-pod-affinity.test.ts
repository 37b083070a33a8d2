import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { namespaces } from '../../../api/resources.ts';
import { CycleState } from '../cycle-state.ts';
import { makeNode, makePod, PluginFixture, type PodShape } from '../plugin-fixture.ts';
import { PodInfo } from '../pod-info.ts';

const term = (
  label: string,
  topologyKey: string,
  more: Partial<corev1.PodAffinityTerm> = {},
): corev1.PodAffinityTerm => ({
  topologyKey,
  labelSelector: { matchLabels: { app: label } },
  ...more,
});
const wants = (...terms: corev1.PodAffinityTerm[]): Partial<corev1.PodSpec> => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const shuns = (...terms: corev1.PodAffinityTerm[]): Partial<corev1.PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } },
});
const nodes = [
  makeNode('a', { labels: { zone: '1', host: 'a' } }),
  makeNode('b', { labels: { zone: '1', host: 'b' } }),
  makeNode('c', { labels: { zone: '2', host: 'c' } }),
];
const ok = 'ok';
const affinity = "UnschedulableAndUnresolvable: node(s) didn't match pod affinity rules";
const antiAffinity = "Unschedulable: node(s) didn't match pod anti-affinity rules";
const existing = "Unschedulable: node(s) didn't satisfy existing pods anti-affinity rules";

/** After upstream: plugins/interpodaffinity/filtering_test.go TestRequiredAffinitySingleNode, …MultipleNodes (v1.36) */
describe('filter', () => {
  interface Case {
    name: string;
    pods: PodShape[];
    pod: PodShape;
    want: Record<string, string>;
  }
  it.each<Case>([
    {
      name: 'a pod without affinity goes anywhere',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: {},
      want: { a: ok, b: ok, c: ok },
    },
    {
      name: 'affinity to a zone',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: wants(term('x', 'zone')) },
      want: { a: ok, b: ok, c: affinity },
    },
    {
      name: 'affinity to what is nowhere',
      pods: [],
      pod: { spec: wants(term('x', 'zone')) },
      want: { a: affinity, b: affinity, c: affinity },
    },
    {
      name: 'the first of a group that wants to be together may go anywhere',
      pods: [],
      pod: { labels: { app: 'x' }, spec: wants(term('x', 'zone')) },
      want: { a: ok, b: ok, c: ok },
    },
    {
      name: 'the second of it goes to the first',
      pods: [{ name: 'x', node: 'c', labels: { app: 'x' } }],
      pod: { labels: { app: 'x' }, spec: wants(term('x', 'zone')) },
      want: { a: affinity, b: affinity, c: ok },
    },
    {
      name: 'all terms must hold for one pod',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: wants(term('x', 'zone'), term('y', 'host')) },
      want: { a: affinity, b: affinity, c: affinity },
    },
    {
      name: 'anti-affinity on a node',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: shuns(term('x', 'host')) },
      want: { a: antiAffinity, b: ok, c: ok },
    },
    {
      name: 'anti-affinity over a zone',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: shuns(term('x', 'zone')) },
      want: { a: antiAffinity, b: antiAffinity, c: ok },
    },
    {
      name: 'anti-affinity of a pod that is there',
      pods: [{ name: 'x', node: 'a', spec: shuns(term('new', 'zone')) }],
      pod: { labels: { app: 'new' } },
      want: { a: existing, b: existing, c: ok },
    },
    {
      name: 'other namespaces do not count',
      pods: [{ name: 'x', namespace: 'far', node: 'a', labels: { app: 'x' } }],
      pod: { spec: shuns(term('x', 'zone')) },
      want: { a: ok, b: ok, c: ok },
    },
    {
      name: 'unless they are named',
      pods: [{ name: 'x', namespace: 'far', node: 'a', labels: { app: 'x' } }],
      pod: { spec: shuns(term('x', 'zone', { namespaces: ['far'] })) },
      want: { a: antiAffinity, b: antiAffinity, c: ok },
    },
    {
      name: 'or selected',
      pods: [{ name: 'x', namespace: 'far', node: 'a', labels: { app: 'x' } }],
      pod: { spec: shuns(term('x', 'zone', { namespaceSelector: { matchLabels: { team: 'x' } } })) },
      want: { a: antiAffinity, b: antiAffinity, c: ok },
    },
    {
      name: 'a node without the topology label',
      pods: [],
      pod: { spec: wants(term('x', 'rack')) },
      want: { a: affinity, b: affinity, c: affinity },
    },
  ])('$name', ({ pods, pod, want }) => {
    const fixture = new PluginFixture(['InterPodAffinity'], { nodes, pods: pods.map(makePod) });
    fixture.informers.informer(namespaces).store.put({ metadata: { name: 'far', labels: { team: 'x' } } });
    expect(fixture.filter(makePod(pod))).toEqual(want);
  });

  it('follows pods that are tried out, without changing the original', () => {
    const fixture = new PluginFixture(['InterPodAffinity'], {
      nodes,
      pods: [makePod({ name: 'x', node: 'a', labels: { app: 'x' } })],
    });
    const { framework, cache } = fixture;
    const pod = new PodInfo(makePod({ spec: shuns(term('x', 'zone')) }));
    const state = new CycleState();
    framework.runPreFilterPlugins(state, pod);
    const node = cache.nodeInfo('a');
    if (!node) throw new Error('no node');
    const tried = state.clone();
    framework.runRemovePod(tried, pod, node.pods[0] as PodInfo, node);
    expect(framework.runFilterPlugins(tried, pod, node)).toBeUndefined();
    expect(framework.runFilterPlugins(state, pod, node)?.message).toBe("node(s) didn't match pod anti-affinity rules");
  });
});

/** After upstream: plugins/interpodaffinity/scoring_test.go TestPreferredAffinity (v1.36) */
describe('score', () => {
  const prefers = (
    kind: 'podAffinity' | 'podAntiAffinity',
    weight: number,
    wanted: corev1.PodAffinityTerm,
  ): Partial<corev1.PodSpec> => ({
    affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: wanted }] } },
  });
  interface Case {
    name: string;
    pods: PodShape[];
    pod: PodShape;
    want: number[];
  }
  it.each<Case>([
    {
      name: 'all nodes are same priority as Affinity is nil',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: {},
      want: [0, 0, 0],
    },
    {
      name: 'preferred affinity',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: prefers('podAffinity', 5, term('x', 'zone')) },
      want: [100, 100, 0],
    },
    {
      name: 'preferred anti-affinity',
      pods: [{ name: 'x', node: 'a', labels: { app: 'x' } }],
      pod: { spec: prefers('podAntiAffinity', 5, term('x', 'host')) },
      want: [0, 100, 100],
    },
    {
      name: 'preferences of pods that are there',
      pods: [
        { name: 'x', node: 'a', spec: prefers('podAffinity', 8, term('new', 'host')) },
        { name: 'y', node: 'b', spec: prefers('podAffinity', 4, term('new', 'host')) },
      ],
      pod: { labels: { app: 'new' } },
      want: [100, 50, 0],
    },
    {
      name: 'required affinity of pods that are there counts a little',
      pods: [{ name: 'x', node: 'c', spec: wants(term('new', 'zone')) }],
      pod: { labels: { app: 'new' } },
      want: [0, 0, 100],
    },
  ])('$name', ({ pods, pod, want }) => {
    const fixture = new PluginFixture(['InterPodAffinity'], { nodes, pods: pods.map(makePod) });
    const scores = fixture.score(makePod(pod));
    expect(['a', 'b', 'c'].map((name) => scores[name])).toEqual(want);
  });
});
