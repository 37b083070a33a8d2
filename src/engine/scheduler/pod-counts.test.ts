import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { Random } from '../sim/random.ts';
import { SchedulerCache } from './cache.ts';
import { makeNode, makePod, type NodeShape } from './plugin-fixture.ts';
import { type NodeFilter, oneNamespace, type PodQuestion } from './pod-counts.ts';
import { findUntoleratedTaint } from './taints.ts';

const zone = 'topology.kubernetes.io/zone';
const tainted: readonly corev1.Taint[] = [{ key: 'k', effect: 'NoSchedule' }];
const nodeShapes: readonly NodeShape[] = [
  {},
  { taints: tainted },
  { labels: { [zone]: 'a' } },
  { labels: { [zone]: 'a' }, taints: tainted },
  { labels: { [zone]: 'b' }, taints: [{ key: 'k', effect: 'PreferNoSchedule' }] },
];
const untainted: NodeFilter = {
  key: 'untainted',
  includes: (node) => findUntoleratedTaint(node.spec?.taints, undefined) === undefined,
};
const colored = labelSelectorAsSelector({ matchLabels: { color: 'blue' } });
const questions: readonly PodQuestion[] = [
  { namespaces: oneNamespace('a'), selector: colored, withDeleted: false },
  { namespaces: oneNamespace('a'), selector: labelSelectorAsSelector({}), withDeleted: true },
  { namespaces: { key: 'a,b', names: ['a', 'b'] }, selector: colored, withDeleted: true },
];

const sorted = (counts: ReadonlyMap<string, number>) => Object.fromEntries([...counts].sort());

function answers(cache: SchedulerCache) {
  return questions.map((question) => ({
    byNode: sorted(cache.podsByNode(question)),
    byZone: sorted(cache.podsByTopology(question, zone)),
    untainted: sorted(cache.podsByTopology(question, zone, untainted)),
    domains: sorted(cache.domains(zone, untainted)),
    lacks: cache.lacksLabel(zone),
  }));
}

describe('answers once given', () => {
  it.each(['one', 'two', 'three'])('are what a count of all pods gives: %s', (seed) => {
    const random = new Random(seed);
    const pick = <T>(items: readonly T[]): T => items[random.int(items.length)] as T;
    const cache = new SchedulerCache();
    const nodes = new Map<string, corev1.Node>();
    const pods = new Map<string, corev1.Pod>();
    for (let step = 0; step < 300; step++) {
      const nodeName = `n${random.int(8)}`;
      const act = random.int(8);
      if (act < 2) {
        const node = makeNode(nodeName, pick(nodeShapes));
        nodes.set(nodeName, node);
        cache.putNode(node);
      } else if (act === 2) {
        nodes.delete(nodeName);
        cache.removeNode(nodeName);
      } else if (act === 3 && pods.size > 0) {
        const uid = pick([...pods.keys()]);
        pods.delete(uid);
        cache.removePod(uid);
      } else {
        const namespace = pick(['a', 'b', 'c']);
        const name = `p${random.int(30)}`;
        const uid = `${namespace}/${name}`;
        const node = pods.get(uid)?.spec?.nodeName ?? nodeName;
        const pod = makePod({ name, namespace, node, labels: { color: pick(['blue', 'red']) }, isDeleting: act === 4 });
        pods.set(uid, pod);
        cache.putPod(pod);
      }
      const afresh = new SchedulerCache();
      for (const node of nodes.values()) afresh.putNode(node);
      for (const pod of pods.values()) afresh.putPod(pod);
      expect(answers(cache)).toEqual(answers(afresh));
    }
  });
});
