import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { services } from '../../../api/resources.ts';
import { makeNode, makePod, PluginFixture } from '../plugin-fixture.ts';

const foo = { matchExpressions: [{ key: 'foo', operator: 'Exists' as const }] };
const bar = { matchExpressions: [{ key: 'bar', operator: 'Exists' as const }] };
const nodes = ['a', 'b', 'x', 'y'].map((letter) =>
  makeNode(`node-${letter}`, { labels: { zone: 'ab'.includes(letter) ? 'zone1' : 'zone2', node: `node-${letter}` } }),
);
const hard = (
  topologyKey: string,
  more: Partial<corev1.TopologySpreadConstraint> = {},
): corev1.TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: foo,
  ...more,
});
/** Pods labelled foo, one for each letter, on the nodes of those letters. */
const on = (letters: string): corev1.Pod[] =>
  [...letters].map((letter, i) => makePod({ name: `p${i}`, node: `node-${letter}`, labels: { foo: '' } }));
const refused = "Unschedulable: node(s) didn't match pod topology spread constraints";
const unlabelled =
  "UnschedulableAndUnresolvable: node(s) didn't match pod topology spread constraints (missing required label)";

/** Upstream: plugins/podtopologyspread/filtering_test.go TestSingleConstraint, TestMultipleConstraints (v1.36) */
describe('filter', () => {
  interface Case {
    name: string;
    constraints: corev1.TopologySpreadConstraint[];
    labels?: Record<string, string>;
    spec?: Partial<corev1.PodSpec>;
    nodes?: corev1.Node[];
    pods?: corev1.Pod[];
    fits: string;
    missing?: string;
  }
  it.each<Case>([
    { name: 'no existing pods', constraints: [hard('zone')], fits: 'abxy' },
    {
      name: "no existing pods, incoming pod doesn't match itself",
      constraints: [hard('zone', { labelSelector: bar })],
      fits: 'abxy',
    },
    {
      name: 'existing pods in a different namespace do not count',
      constraints: [hard('zone')],
      pods: [
        ...on('xy'),
        makePod({ name: 'o1', namespace: 'ns1', node: 'node-a', labels: { foo: '' } }),
        makePod({ name: 'o2', namespace: 'ns2', node: 'node-a', labels: { foo: '' } }),
      ],
      fits: 'ab',
    },
    {
      name: 'pods spread across zones as 3/3, all nodes fit',
      constraints: [hard('zone')],
      pods: on('aabyyy'),
      fits: 'abxy',
    },
    {
      name: "pod cannot be scheduled as all nodes don't have label 'rack'",
      constraints: [hard('rack')],
      fits: '',
      missing: 'abxy',
    },
    {
      name: "pods spread across zones as 1/2 due to absence of label 'zone' on node-b",
      constraints: [hard('zone')],
      nodes: nodes.map((node) =>
        node.metadata.name === 'node-b' ? makeNode('node-b', { labels: { zon: 'zone1', node: 'node-b' } }) : node,
      ),
      pods: on('abxy'),
      fits: 'a',
      missing: 'b',
    },
    {
      name: 'pods spread across nodes as 2/1/0/3, only node-x fits',
      constraints: [hard('node')],
      pods: on('aabyyy'),
      fits: 'x',
    },
    {
      name: 'pods spread across nodes as 2/1/0/3, maxSkew is 2, node-b and node-x fit',
      constraints: [hard('node', { maxSkew: 2 })],
      pods: on('aabyyy'),
      fits: 'bx',
    },
    {
      name: "pods spread across nodes as 2/1/0/3, but pod doesn't match itself",
      constraints: [hard('node')],
      labels: { bar: '' },
      pods: on('aabyyy'),
      fits: 'bx',
    },
    {
      name: 'incoming pod has nodeAffinity, pods spread as 2/~1~/~0~/3, hence node-a fits',
      constraints: [hard('node')],
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'node', operator: 'In', values: ['node-a', 'node-y'] }] },
              ],
            },
          },
        },
      },
      pods: on('aabyyy'),
      fits: 'abx',
    },
    {
      name: 'terminating Pods should be excluded',
      constraints: [hard('node')],
      nodes: nodes.slice(0, 2),
      pods: [makePod({ name: 'gone', node: 'node-a', labels: { foo: '' }, isDeleting: true }), ...on('b')],
      fits: 'a',
    },
    {
      name: 'the number of domains < minDomains, so that the smallest count is 0',
      constraints: [hard('node', { maxSkew: 2, minDomains: 5 })],
      pods: on('aabbxyy'),
      fits: 'x',
    },
    {
      name: 'two Constraints on zone and node, spreads = [3/3, 2/1/0/3]',
      constraints: [hard('zone'), hard('node')],
      pods: on('aabyyy'),
      fits: 'x',
    },
    {
      name: 'two Constraints on zone and node, spreads = [3/4, 2/1/0/4]',
      constraints: [hard('zone'), hard('node')],
      pods: on('aabyyyy'),
      fits: '',
    },
    {
      name: 'constraints hold different labelSelectors, spreads = [1/0, 1/0/0/1]',
      constraints: [hard('zone'), hard('node', { labelSelector: bar })],
      labels: { foo: '', bar: '' },
      pods: [
        ...on('a'),
        makePod({ name: 'q', node: 'node-a', labels: { bar: '' } }),
        makePod({ name: 'r', node: 'node-y', labels: { bar: '' } }),
      ],
      fits: 'x',
    },
  ])('$name', ({ constraints, labels = { foo: '' }, spec, nodes: own = nodes, pods = [], fits, missing = '' }) => {
    const fixture = new PluginFixture(['PodTopologySpread'], { nodes: own, pods });
    const want = Object.fromEntries(
      fixture.cache.nodeInfos.map(({ name }) => {
        const letter = name.slice(-1);
        return [name, fits.includes(letter) ? 'ok' : missing.includes(letter) ? unlabelled : refused];
      }),
    );
    expect(fixture.filter(makePod({ labels, spec: { ...spec, topologySpreadConstraints: constraints } }))).toEqual(
      want,
    );
  });
});

/** Upstream: plugins/podtopologyspread/scoring_test.go TestPodTopologySpreadScore (v1.36) */
describe('score', () => {
  const soft = (topologyKey: string) => hard(topologyKey, { whenUnsatisfiable: 'ScheduleAnyway' });
  const hostnames = ['a', 'b', 'c', 'd'].map((letter) =>
    makeNode(`node-${letter}`, { labels: { 'kubernetes.io/hostname': `node-${letter}` } }),
  );
  it.each([
    { name: 'one constraint on node, no existing pods', nodes: hostnames.slice(0, 2), pods: on(''), want: [100, 100] },
    {
      name: 'one constraint on node, all 4 nodes are candidates',
      nodes: hostnames,
      pods: on('aabddd'),
      want: [20, 60, 100, 0],
    },
  ])('$name', ({ nodes: own, pods, want }) => {
    const fixture = new PluginFixture(['PodTopologySpread'], { nodes: own, pods }, [
      { name: 'PodTopologySpread', args: {} },
    ]);
    const scores = fixture.score(
      makePod({ labels: { foo: '' }, spec: { topologySpreadConstraints: [soft('kubernetes.io/hostname')] } }),
    );
    expect(Object.values(scores)).toEqual(want);
  });

  it('spreads pods of a service softly without being asked', () => {
    const zoned = (name: string, zone: string) =>
      makeNode(name, { labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } });
    const own = [zoned('a', '1'), zoned('b', '1'), zoned('c', '2')];
    const pod = (name: string, node?: string) => makePod({ name, labels: { app: 'web' }, ...(node ? { node } : {}) });
    const fixture = new PluginFixture(['PodTopologySpread'], { nodes: own, pods: [pod('p1', 'a')] });
    fixture.informers
      .informer(services)
      .store.put({ metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' } } });
    const { a = 0, b = 0, c = 0 } = fixture.score(pod('p2'));
    expect([c > b, b > a]).toEqual([true, true]);
    fixture.cache.putPod(pod('p3', 'c'));
    fixture.cache.putPod(pod('p4', 'c'));
    const after = fixture.score(pod('p5'));
    expect((after['b'] ?? 0) > (after['c'] ?? 0)).toBe(true);
  });
});
