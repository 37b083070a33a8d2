import { describe, expect, it } from 'vitest';
import { Random } from '../sim/random.ts';
import { CycleState } from './cycle-state.ts';
import { FilterCycle } from './filter-cycle.ts';
import { makeNode, makePod, PluginFixture, type NodeShape, type PodShape } from './plugin-fixture.ts';
import { PodInfo } from './pod-info.ts';
import type { NodeInfo } from './node-info.ts';
import { NodesAt } from './node-selection.ts';

const plugins = [
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'PodTopologySpread',
  'InterPodAffinity',
  'NodeResourcesBalancedAllocation',
  'ImageLocality',
];
const zone = 'topology.kubernetes.io/zone';

const nodeShapes: readonly NodeShape[] = [
  {},
  { allocatable: { cpu: '1', memory: '1Gi', pods: '4' } },
  { labels: { [zone]: 'a', disk: 'ssd' } },
  { labels: { [zone]: 'b' }, taints: [{ key: 'k', effect: 'PreferNoSchedule' }] },
  { labels: { [zone]: 'c' }, taints: [{ key: 'k', effect: 'NoSchedule' }] },
  { unschedulable: true },
  { images: [{ names: ['app:latest'], sizeBytes: 500_000_000 }] },
];
const blue = { labelSelector: { matchLabels: { color: 'blue' } }, topologyKey: zone };
const podShapes: readonly PodShape[] = [
  { requests: [{ cpu: '300m', memory: '200Mi' }] },
  { requests: [{ cpu: '2', memory: '1Gi' }, {}] },
  { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } },
  { spec: { nodeSelector: { disk: 'ssd' } } },
  { spec: { containers: [{ name: 'c', image: 'app', ports: [{ containerPort: 80, hostPort: 80 }] }] } },
  { labels: { color: 'blue' }, spec: { affinity: { podAntiAffinity: required(blue) } } },
  {
    labels: { color: 'blue' },
    spec: { topologySpreadConstraints: [{ ...blue, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
  },
];

function required(term: typeof blue) {
  return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
}

/** What a cycle finds with what is kept, and without. */
function cycle({ framework, cache }: PluginFixture, pod: PodInfo, keep: boolean) {
  const nodes = cache.nodeInfos;
  const state = new CycleState();
  const { status } = framework.runPreFilterPlugins(state, pod);
  if (status) return status;
  const table = keep ? framework.verdictsFor(state, pod) : undefined;
  const filter = new FilterCycle(framework, state, pod, table);
  const said = nodes.map((node, place) => filter.refusal(node, place));
  const feasible = nodes.filter((_, place) => !said[place]);
  const places = Int32Array.from(nodes.keys()).filter((place) => !said[place]);
  const scores = framework.runScorePlugins(
    state,
    pod,
    feasible,
    table && { table, places, selection: new NodesAt(nodes, places) },
  );
  return { said, totals: scores.totals, plugins: scores.plugins };
}

describe('verdicts that are kept', () => {
  it.each(['one', 'two', 'three'])('are what each cycle would find anew: %s', (seed) => {
    const random = new Random(seed);
    const pick = <T>(items: readonly T[]): T => items[random.int(items.length)] as T;
    const fixture = new PluginFixture(plugins, { nodes: [] });
    const { cache } = fixture;
    const standing: string[] = [];
    for (let step = 0; step < 400; step++) {
      const act = random.int(12);
      if (step < 10 || act === 0) cache.putNode(makeNode(`n${random.int(20)}`, pick(nodeShapes)));
      else if (act === 1 && step % 3 === 0) cache.removeNode(`n${random.int(20)}`);
      else if (act === 2 && standing.length > 0)
        cache.removePod(standing.splice(random.int(standing.length), 1)[0] ?? '');
      const pod = new PodInfo(makePod({ ...pick(podShapes), name: `p${step}` }));
      const kept = cycle(fixture, pod, true);
      expect(kept).toEqual(cycle(fixture, pod, false));
      if (!('said' in kept)) continue;
      const free = cache.nodeInfos.filter((_: NodeInfo, place) => !kept.said[place]);
      if (free.length === 0) continue;
      cache.assumePod(pod.assignedTo(pick(free).name));
      standing.push(pod.uid);
    }
  });
});
