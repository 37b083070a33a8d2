import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { kindLooks } from '../../kinds/registry.ts';
import { applyChanges, emptyCluster } from '../../stores/cluster-store.ts';
import { viewOf } from '../../stores/object-view.ts';
import type { Plan } from '../picture.ts';
import { clusterLens } from './cluster.ts';
import { namespacesLens } from './namespaces.ts';
import { networkLens } from './network.ts';
import { ownershipLens } from './ownership.ts';
import type { Scope } from './scope.ts';
import { storageLens } from './storage.ts';

const scope: Scope = { namespace: '', showSystem: false, filter: '', expanded: new Set() };

interface Given {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly more?: object;
}

function cluster(given: readonly Given[]) {
  const changes = given.map(({ kind, name, namespace, owner, labels, more }) => {
    const look = kindLooks.find((each) => each.ref.kind === kind);
    if (!look) throw new Error(`no look for ${kind}`);
    const object = {
      metadata: {
        name,
        uid: name,
        ...(look.ref.namespaced ? { namespace: namespace ?? 'default' } : {}),
        ...(labels ? { labels } : {}),
        ...(owner
          ? { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: owner, uid: owner, controller: true }] }
          : {}),
      },
      ...more,
    } as KubernetesObject;
    return { op: 'put' as const, view: viewOf(object, look) };
  });
  return applyChanges(emptyCluster, changes);
}

const pod = (name: string, owner?: string, nodeName?: string): Given => ({
  kind: 'Pod',
  name,
  ...(owner ? { owner } : {}),
  more: { spec: { containers: [{ name: 'c' }], ...(nodeName ? { nodeName } : {}) }, status: { phase: 'Running' } },
});
const node = (name: string): Given => ({
  kind: 'Node',
  name,
  more: { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } } },
});

/** Box or band → ids of what stands in it, column by column. */
function contents(plan: Plan): Record<string, readonly (string | readonly string[])[]> {
  return plan.kind === 'boxes'
    ? Object.fromEntries(plan.boxes.map((box) => [box.figure.id, box.items.map((item) => item.id)]))
    : Object.fromEntries(
        plan.bands.map((band) => [band.id, band.columns.map((column) => column.map((item) => item.id))]),
      );
}

it('puts pods into their nodes and the others into the tray', () => {
  const state = cluster([node('n1'), node('n2'), pod('a', undefined, 'n1'), pod('b', undefined, 'n2'), pod('c')]);
  expect(contents(clusterLens(state, scope))).toEqual({ n1: ['a'], n2: ['b'], tray: ['c'] });
});

it('folds many pods of one owner on a node, and unfolds them when asked', () => {
  const many = Array.from({ length: 13 }, (_, i) => pod(`p${i}`, 'rs', 'n1'));
  const state = cluster([node('n1'), { kind: 'ReplicaSet', name: 'rs' }, ...many]);
  const folded = clusterLens(state, scope);
  expect(contents(folded)).toEqual({ n1: ['group:rs@n1'] });
  expect(folded.standIns.get('p7')).toBe('group:rs@n1');
  const unfolded = clusterLens(state, { ...scope, expanded: new Set(['rs']) });
  expect(contents(unfolded)['n1']).toHaveLength(13);
});

it('draws pods in the order of their names, and owners in that of their oldest pod', () => {
  const state = cluster([
    node('n1'),
    { kind: 'ReplicaSet', name: 'late' },
    { kind: 'ReplicaSet', name: 'early' },
    pod('b10', 'late', 'n1'),
    pod('b9', 'late', 'n1'),
    pod('a2', 'early', 'n1'),
    pod('c1', 'early', 'n1'),
    pod('a10'),
  ]);
  expect(contents(clusterLens(state, scope))['n1']).toEqual(['a2', 'c1', 'b9', 'b10']);
});

it('leaves out empty namespaces of the system', () => {
  const spaces = ['default', 'kube-public', 'kube-system', 'mine'].map((name): Given => ({ kind: 'Namespace', name }));
  const state = cluster([...spaces, { kind: 'Service', name: 'kube-dns', namespace: 'kube-system' }]);
  const ids = (changes: Partial<Scope>) => Object.keys(contents(namespacesLens(state, { ...scope, ...changes })));
  expect(ids({})).toEqual(['default', 'kube-system', 'mine']);
  expect(ids({ showSystem: true })).toEqual(['default', 'kube-public', 'kube-system', 'mine']);
  expect(ids({ namespace: 'kube-public' })).toEqual(['kube-public']);
});

it('leaves out the system unless it is asked for', () => {
  const state = cluster([node('n1'), { ...pod('dns', undefined, 'n1'), namespace: 'kube-system' }]);
  expect(contents(clusterLens(state, scope))).toEqual({ n1: [] });
  expect(contents(clusterLens(state, { ...scope, showSystem: true }))).toEqual({ n1: ['dns'] });
  expect(contents(clusterLens(state, { ...scope, namespace: 'kube-system' }))).toEqual({ n1: ['dns'] });
});

it('dims what does not pass the filter', () => {
  const state = cluster([
    node('n1'),
    { ...pod('a', undefined, 'n1'), labels: { app: 'web' } },
    pod('b', undefined, 'n1'),
  ]);
  const items = clusterLens(state, { ...scope, filter: 'app=web' }).boxes[0]?.items ?? [];
  expect(items.map(({ id, dimmed }) => [id, dimmed])).toEqual([
    ['a', false],
    ['b', true],
  ]);
});

it('draws who made whom', () => {
  const state = cluster([
    { kind: 'Deployment', name: 'd' },
    { kind: 'ReplicaSet', name: 'rs', owner: 'd' },
    pod('a', 'rs'),
    pod('alone'),
  ]);
  const plan = ownershipLens(state, scope);
  expect(contents(plan)).toEqual({ alone: [[], [], ['alone']], d: [['d'], ['rs'], ['a']] });
  expect(plan.edges.map(({ source, target }) => `${source}>${target}`).sort()).toEqual(['d>rs', 'rs>a']);
});

it('leaves old ReplicaSets to a count on their Deployment', () => {
  const old = { kind: 'ReplicaSet', name: 'old', owner: 'd', more: { spec: { replicas: 0 }, status: { replicas: 0 } } };
  const plan = ownershipLens(cluster([{ kind: 'Deployment', name: 'd' }, old]), scope);
  expect(contents(plan)).toEqual({ d: [['d'], [], []] });
  expect(plan.bands[0]?.columns[0]?.[0]?.subtitle).toContain('1 old');
});

it('leads requests from outside to pods', () => {
  const state = cluster([
    { kind: 'Ingress', name: 'in', more: { spec: { defaultBackend: { service: { name: 'svc' } } } } },
    { kind: 'Service', name: 'svc', more: { spec: { selector: { app: 'a' }, ports: [{ port: 80 }] } } },
    { kind: 'Service', name: 'empty', more: { spec: { selector: { app: 'b' }, ports: [{ port: 80 }] } } },
    {
      kind: 'EndpointSlice',
      name: 'svc-1',
      labels: { 'kubernetes.io/service-name': 'svc' },
      more: {
        endpoints: [
          { conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'a' } },
          { conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'b' } },
        ],
      },
    },
    pod('a'),
    pod('b'),
  ]);
  const plan = networkLens(state, scope);
  expect(contents(plan)).toEqual({
    outside: [['outside'], [], []],
    empty: [[], ['empty'], []],
    svc: [['in'], ['svc'], ['a', 'b']],
  });
  expect(
    plan.edges.map(({ source, target, dashed }) => `${source}>${target}${dashed ? ' not ready' : ''}`).sort(),
  ).toEqual(['in>svc', 'outside>in', 'svc>a', 'svc>b not ready']);
  expect(plan.bands.find((band) => band.id === 'empty')?.columns[1]?.[0]).toMatchObject({
    level: 'warning',
    subtitle: 'no ready endpoints',
  });
});

it('puts what people made into its namespace', () => {
  const state = cluster([
    { kind: 'Namespace', name: 'default' },
    { kind: 'Deployment', name: 'd' },
    { kind: 'ReplicaSet', name: 'rs', owner: 'd' },
    pod('a', 'rs'),
    { kind: 'ConfigMap', name: 'kube-root-ca.crt' },
    { kind: 'ConfigMap', name: 'settings' },
  ]);
  const plan = namespacesLens(state, scope);
  expect(contents(plan)).toEqual({ default: ['d', 'settings'] });
  expect(plan.standIns.get('a')).toBe('d');
});

it('leads from a StorageClass over volume and claim to the pods that mount it', () => {
  const mounted = (name: string, claimName: string): Given => ({
    kind: 'Pod',
    name,
    more: {
      spec: { containers: [{ name: 'c' }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
      status: { phase: 'Running' },
    },
  });
  const state = cluster([
    { kind: 'StorageClass', name: 'standard' },
    {
      kind: 'PersistentVolume',
      name: 'pv',
      more: { spec: { storageClassName: 'standard' }, status: { phase: 'Bound' } },
    },
    {
      kind: 'PersistentVolumeClaim',
      name: 'data',
      more: { spec: { storageClassName: 'standard', volumeName: 'pv' }, status: { phase: 'Bound' } },
    },
    { kind: 'PersistentVolumeClaim', name: 'waits', more: { spec: { storageClassName: 'standard' } } },
    mounted('reader', 'data'),
    mounted('writer', 'data'),
    pod('other'),
  ]);
  const plan = storageLens(state, scope);
  expect(
    plan.bands.map(({ id, columns }) => [id, ...columns.map((column) => column.map((figure) => figure.id))]),
  ).toEqual([
    ['data', ['standard'], ['pv'], ['data'], ['reader', 'writer']],
    ['waits', [], [], ['waits'], []],
  ]);
  expect(plan.edges.map(({ id, dashed }) => (dashed ? `${id} dashed` : id))).toEqual([
    'standard>pv',
    'pv>data',
    'data>reader',
    'data>writer',
    'standard>waits dashed',
  ]);
});
