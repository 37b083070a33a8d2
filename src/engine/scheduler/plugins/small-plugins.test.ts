import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { type NodeShape, makeNode, makePod, PluginFixture, type PodShape } from '../plugin-fixture.ts';

interface FilterCase {
  readonly name: string;
  readonly plugin: string;
  readonly node?: NodeShape;
  readonly pods?: readonly PodShape[];
  readonly pod: PodShape;
  readonly want: string;
}
const noSchedule = (key: string, value = ''): corev1.Taint => ({ key, value, effect: 'NoSchedule' });
const affinity = (...nodeSelectorTerms: corev1.NodeSelectorTerm[]): Partial<corev1.PodSpec> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const port = (hostPort: number, hostIP = '', protocol: 'TCP' | 'UDP' = 'TCP') => ({
  containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, hostIP, protocol }] }],
});
const untolerated = 'UnschedulableAndUnresolvable: node(s) had untolerated taint(s)';
const noAffinity = "UnschedulableAndUnresolvable: node(s) didn't match Pod's node affinity/selector";
const noPorts = "Unschedulable: node(s) didn't have free ports for the requested pod ports";

/** After upstream's tests of each plugin (v1.36). */
it.each<FilterCase>([
  {
    name: "A pod having no tolerations can't be scheduled onto a node with nonempty taints",
    plugin: 'TaintToleration',
    node: { taints: [noSchedule('dedicated', 'user1')] },
    pod: {},
    want: untolerated,
  },
  {
    name: 'A pod which can be scheduled on a dedicated node assigned to user1 with effect NoSchedule',
    plugin: 'TaintToleration',
    node: { taints: [noSchedule('dedicated', 'user1')] },
    pod: { spec: { tolerations: [{ key: 'dedicated', value: 'user1', effect: 'NoSchedule' }] } },
    want: 'ok',
  },
  {
    name: 'A pod can be scheduled onto the node, with a toleration uses operator Exists',
    plugin: 'TaintToleration',
    node: { taints: [noSchedule('foo', 'bar')] },
    pod: { spec: { tolerations: [{ key: 'foo', operator: 'Exists', effect: 'NoSchedule' }] } },
    want: 'ok',
  },
  {
    name: "A pod has a toleration that keys and values match the taint on the node, but (non-empty) effect doesn't match",
    plugin: 'TaintToleration',
    node: { taints: [noSchedule('foo', 'bar')] },
    pod: { spec: { tolerations: [{ key: 'foo', operator: 'Equal', value: 'bar', effect: 'PreferNoSchedule' }] } },
    want: untolerated,
  },
  {
    name: 'The pod has no toleration, taint effect is PreferNoSchedule',
    plugin: 'TaintToleration',
    node: { taints: [{ key: 'foo', effect: 'PreferNoSchedule' }] },
    pod: {},
    want: 'ok',
  },
  {
    name: 'Does not schedule pod to unschedulable node (node.Spec.Unschedulable==true)',
    plugin: 'NodeUnschedulable',
    node: { unschedulable: true },
    pod: {},
    want: 'UnschedulableAndUnresolvable: node(s) were unschedulable',
  },
  {
    name: 'Schedule pod with toleration to unschedulable node',
    plugin: 'NodeUnschedulable',
    node: { unschedulable: true },
    pod: { spec: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] } },
    want: 'ok',
  },
  {
    name: "host doesn't match",
    plugin: 'NodeName',
    pod: { node: 'bar' },
    want: "UnschedulableAndUnresolvable: node(s) didn't match the requested node name",
  },
  { name: 'missing labels', plugin: 'NodeAffinity', pod: { spec: { nodeSelector: { foo: 'bar' } } }, want: noAffinity },
  {
    name: 'same labels',
    plugin: 'NodeAffinity',
    node: { labels: { foo: 'bar' } },
    pod: { spec: { nodeSelector: { foo: 'bar' } } },
    want: 'ok',
  },
  {
    name: 'Pod with matchExpressions using Gt operator that matches the existing node',
    plugin: 'NodeAffinity',
    node: { labels: { version: '0206' } },
    pod: { spec: affinity({ matchExpressions: [{ key: 'version', operator: 'Gt', values: ['0204'] }] }) },
    want: 'ok',
  },
  {
    name: 'Pod with no matching node selector terms',
    plugin: 'NodeAffinity',
    node: { labels: { foo: 'bar' } },
    pod: { spec: affinity() },
    want: noAffinity,
  },
  {
    name: 'Pod with multiple NodeSelectorTerms ORed in affinity, matches if one matches',
    plugin: 'NodeAffinity',
    node: { labels: { foo: 'bar' } },
    pod: {
      spec: affinity(
        { matchExpressions: [{ key: 'x', operator: 'Exists' }] },
        { matchExpressions: [{ key: 'foo', operator: 'In', values: ['bar'] }] },
      ),
    },
    want: 'ok',
  },
  {
    name: 'an empty term matches nothing',
    plugin: 'NodeAffinity',
    node: { labels: { foo: 'bar' } },
    pod: { spec: affinity({}) },
    want: noAffinity,
  },
  { name: 'nothing running', plugin: 'NodePorts', pod: { spec: port(8080) }, want: 'ok' },
  {
    name: 'same tcp port',
    plugin: 'NodePorts',
    pods: [{ name: 'x', node: 'n', spec: port(8080) }],
    pod: { spec: port(8080) },
    want: noPorts,
  },
  {
    name: 'same port, other protocol',
    plugin: 'NodePorts',
    pods: [{ name: 'x', node: 'n', spec: port(8080, '', 'UDP') }],
    pod: { spec: port(8080) },
    want: 'ok',
  },
  {
    name: 'same port, other address',
    plugin: 'NodePorts',
    pods: [{ name: 'x', node: 'n', spec: port(8080, '127.0.0.1') }],
    pod: { spec: port(8080, '10.0.0.1') },
    want: 'ok',
  },
  {
    name: 'same port, all addresses',
    plugin: 'NodePorts',
    pods: [{ name: 'x', node: 'n', spec: port(8080, '127.0.0.1') }],
    pod: { spec: port(8080, '0.0.0.0') },
    want: noPorts,
  },
])('$plugin: $name', ({ plugin, node, pods = [], pod, want }) => {
  const { spec, ...rest } = pod;
  const fixture = new PluginFixture([plugin], { nodes: [makeNode('n', node)], pods: pods.map(makePod) });
  expect(fixture.filter(makePod(spec ? { ...rest, spec } : rest))).toEqual({ n: want });
});

describe('NodeAffinity names nodes before they are looked at', () => {
  const byName = (...names: string[]) => ({
    matchFields: names.map((value) => ({ key: 'metadata.name', operator: 'In' as const, values: [value] })),
  });
  it.each([
    {
      name: 'terms that contradict themselves',
      terms: [byName('a', 'b')],
      want: 'UnschedulableAndUnresolvable: pod affinity terms conflict',
    },
    { name: 'one name', terms: [byName('a')], want: { a: 'ok', b: noAffinity } },
    { name: 'either of two', terms: [byName('a'), byName('b')], want: { a: 'ok', b: 'ok' } },
  ])('$name', ({ terms, want }) => {
    const fixture = new PluginFixture(['NodeAffinity'], { nodes: [makeNode('a'), makeNode('b')] });
    expect(fixture.filter(makePod({ spec: affinity(...terms) }))).toEqual(want);
  });
});

describe('scores', () => {
  const mebibyte = 1024 * 1024;
  const image = (name: string, size: number) => ({ names: [`gcr.io/${name}:latest`], sizeBytes: size * mebibyte });
  const size = (cpu: number, memory: number) => ({ cpu: `${cpu}`, memory: `${memory}`, pods: '110' });
  interface Case {
    name: string;
    plugin: string;
    nodes: corev1.Node[];
    pods?: corev1.Pod[];
    pod: PodShape;
    want: number[];
  }
  it.each<Case>([
    {
      name: 'preferred terms add their weights',
      plugin: 'NodeAffinity',
      nodes: [makeNode('a', { labels: { x: '1', y: '1' } }), makeNode('b', { labels: { y: '1' } }), makeNode('c')],
      pod: {
        spec: {
          affinity: {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 2, preference: { matchExpressions: [{ key: 'x', operator: 'Exists' }] } },
                { weight: 6, preference: { matchExpressions: [{ key: 'y', operator: 'Exists' }] } },
              ],
            },
          },
        },
      },
      want: [100, 75, 0],
    },
    {
      name: 'the fewer intolerable taints the better',
      plugin: 'TaintToleration',
      nodes: [
        makeNode('a'),
        makeNode('b', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }),
        makeNode('c', {
          taints: [
            { key: 'x', effect: 'PreferNoSchedule' },
            { key: 'y', effect: 'PreferNoSchedule' },
          ],
        }),
      ],
      pod: {},
      want: [100, 50, 0],
    },
    {
      name: 'two images spread on two nodes, prefer the larger image one',
      plugin: 'ImageLocality',
      nodes: [
        makeNode('a', { images: [image('40', 40), image('300', 300), image('2000', 2000)] }),
        makeNode('b', { images: [image('250', 250), image('10', 10)] }),
      ],
      pod: {
        spec: {
          containers: [
            { name: 'x', image: 'gcr.io/40' },
            { name: 'y', image: 'gcr.io/250' },
          ],
        },
      },
      want: [0, 5],
    },
    {
      name: 'requested resources exceed node capacity / nothing scheduled, resources requested, differently sized nodes',
      plugin: 'NodeResourcesBalancedAllocation',
      nodes: [makeNode('a', { allocatable: size(4000, 10000) }), makeNode('b', { allocatable: size(6000, 10000) })],
      pod: { requests: [{ cpu: '3000', memory: '5000' }] },
      want: [68, 75],
    },
  ])('$plugin: $name', ({ plugin, nodes, pods = [], pod, want }) => {
    const scores = new PluginFixture([plugin], { nodes, pods }).score(makePod(pod));
    expect(nodes.map((node) => scores[node.metadata.name ?? ''])).toEqual(want);
  });
});
