import { shortBytes, shortCpu } from '../../kinds/resources-of-pod.ts';
import { symbols } from '../../kinds/symbols.ts';
import { type ClusterState, viewsOf } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { BoxesPlan, Figure } from '../picture.ts';
import { foldPods, worst } from './figures.ts';
import { compare, inScope, passesFilter, type Scope } from './scope.ts';

/** Above this many pods in view, owners with several on a node become one chip there. */
const manyPods = 120;

/** Nodes as boxes with their pods inside, and what their pods ask of them; pods without a node wait in a tray. */
export function clusterLens(state: ClusterState, scope: Scope): BoxesPlan {
  const pods = [...viewsOf(state, 'pods').values()];
  const shown = pods.filter((pod) => inScope(pod, scope));
  const limit = shown.length > manyPods ? 3 : 12;
  const onNode = groupBy(shown, (pod) => pod.facets.nodeName ?? '');
  const all = groupBy(pods, (pod) => pod.facets.nodeName ?? '');
  const nodes = [...viewsOf(state, 'nodes').values()].sort(byRoleAndName);
  const names = new Set(nodes.map((node) => node.name));
  const standIns: (readonly [string, string])[] = [];
  const boxes = nodes.map((node) => {
    const folding = foldPods(onNode.get(node.name) ?? [], state, scope, limit, node.uid);
    standIns.push(...folding.standIns);
    return { figure: nodeFigure(node, all.get(node.name) ?? [], scope), items: folding.figures };
  });
  const waiting = shown.filter((pod) => !names.has(pod.facets.nodeName ?? ''));
  if (waiting.length > 0) {
    const folding = foldPods(waiting, state, scope, limit, 'tray');
    standIns.push(...folding.standIns);
    boxes.push({ figure: tray(waiting), items: folding.figures });
  }
  return { kind: 'boxes', boxes, edges: [], standIns: new Map(standIns) };
}

/** The control plane first, then by name as people count: node-2 before node-10. */
function byRoleAndName(a: ObjectView, b: ObjectView): number {
  const isControlPlane = (node: ObjectView) => (node.facets.roles?.includes('control-plane') ? 0 : 1);
  return isControlPlane(a) - isControlPlane(b) || compare(a.nameOrder, b.nameOrder);
}

function groupBy(views: readonly ObjectView[], key: (view: ObjectView) => string): Map<string, ObjectView[]> {
  const out = new Map<string, ObjectView[]>();
  for (const view of views) {
    const group = key(view);
    const list = out.get(group);
    if (list) list.push(view);
    else out.set(group, [view]);
  }
  return out;
}

function nodeFigure(node: ObjectView, pods: readonly ObjectView[], scope: Scope): Figure {
  const { allocatable, roles = [], zone } = node.facets;
  let [count, cpu, memory] = [0, 0, 0];
  for (const pod of pods) {
    if (pod.status.level === 'done') continue;
    count++;
    cpu += pod.facets.cpuMilli ?? 0;
    memory += pod.facets.memoryBytes ?? 0;
  }
  const parts = [node.status.text, [...roles].sort(compare).join(', '), zone ?? ''].filter((part) => part !== '');
  return {
    id: node.uid,
    uid: node.uid,
    shape: 'box',
    title: node.name,
    subtitle: parts.join(' · '),
    level: node.status.level,
    symbol: node.look.symbol,
    dimmed:
      scope.filter !== '' && !passesFilter(node, scope.filter) && !pods.some((pod) => passesFilter(pod, scope.filter)),
    bars: allocatable
      ? [
          bar('cpu', cpu, allocatable.cpuMilli, shortCpu),
          bar('memory', memory, allocatable.memoryBytes, shortBytes),
          bar('pods', count, allocatable.pods, String),
        ]
      : [],
  };
}

const bar = (label: string, used: number, of: number, text: (value: number) => string) => ({
  label,
  share: of > 0 ? used / of : 0,
  text: `${text(used)} of ${text(of)}`,
});

function tray(pods: readonly ObjectView[]): Figure {
  return {
    id: 'tray',
    shape: 'box',
    title: 'Not on a node',
    subtitle: pods.length === 1 ? '1 pod waits for the scheduler' : `${pods.length} pods wait for the scheduler`,
    level: worst(pods.map((pod) => pod.status.level)),
    symbol: symbols.pod,
    dashed: true,
  };
}
