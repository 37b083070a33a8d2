import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { planSlices, type SlicePlan } from './slice-plan.ts';
import { TopologyCache } from './topology-cache.ts';

type Slice = discoveryv1.EndpointSlice;

const service: corev1.Service = {
  metadata: { name: 'web', namespace: 'default', uid: 'service' },
  spec: { clusterIP: '10.96.0.9', ipFamilies: ['IPv4'], selector: { app: 'web' }, ports: [{ port: 80, name: 'http' }] },
};
const node: corev1.Node = { metadata: { name: 'a', labels: { 'topology.kubernetes.io/zone': 'z' } } };
const pod = (i: number, more: Partial<corev1.Pod['metadata']> = {}, ready = true): corev1.Pod => ({
  metadata: { name: `p${i}`, namespace: 'default', uid: `p${i}`, ...more },
  spec: { nodeName: 'a', containers: [] },
  status: {
    phase: 'Running',
    podIPs: [{ ip: `10.244.${Math.floor(i / 250)}.${i % 250}` }],
    podIP: '10.244.0.1',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});
const podsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => pod(from + i));

function plan(pods: readonly corev1.Pod[], existing: readonly Slice[] = [], of: corev1.Service = service): SlicePlan {
  const node_ = (name: string) => (name === 'a' ? node : undefined);
  return planSlices({ service: of, pods, existing, addressType: 'IPv4', node: node_, topology: new TopologyCache() });
}
/** What a plan leaves behind; new slices are named in order. */
function applied(before: readonly Slice[], { create, update, remove }: SlicePlan): Slice[] {
  const gone = new Set(remove.map(({ metadata }) => metadata.name));
  const changed = new Map(update.map((slice) => [slice.metadata.name, slice]));
  const kept = before.filter(({ metadata }) => !gone.has(metadata.name));
  const made = create.map((slice, i) => ({
    ...slice,
    metadata: { ...slice.metadata, name: `new-${before.length}-${i}` },
  }));
  return [...kept.map((slice) => changed.get(slice.metadata.name) ?? slice), ...made];
}
const settle = (pods: readonly corev1.Pod[], before: readonly Slice[] = []) => applied(before, plan(pods, before));
const sizes = (slices: readonly Slice[]) => slices.map(({ endpoints }) => endpoints?.length ?? 0);
const counts = ({ create, update, remove }: SlicePlan) => [create.length, update.length, remove.length];

// After upstream's endpointslice/reconciler_test.go (v1.36)
describe('planSlices', () => {
  it('with no pods makes one empty slice, and leaves it alone', () => {
    const first = settle([]);
    expect(first).toMatchObject([{ endpoints: [], ports: [], metadata: { generateName: 'web-' } }]);
    expect(counts(plan([], first))).toEqual([0, 0, 0]);
  });
  it('with many pods packs a hundred in a slice', () => {
    const slices = settle(podsFrom(0, 250));
    expect(sizes(slices)).toEqual([100, 100, 50]);
    expect(counts(plan(podsFrom(0, 250), slices))).toEqual([0, 0, 0]);
  });
  it('adds a pod where there is room, and touches nothing else', () => {
    const slices = settle(podsFrom(0, 250));
    const next = plan(podsFrom(0, 251), slices);
    expect(counts(next)).toEqual([0, 1, 0]);
    expect(sizes(applied(slices, next))).toEqual([100, 100, 51]);
  });
  it('fills the slice that changes anyhow first', () => {
    const slices = settle(podsFrom(0, 150));
    const next = plan([...podsFrom(10, 150), pod(200), pod(201)], slices);
    expect(counts(next)).toEqual([0, 1, 0]);
    expect(sizes(applied(slices, next))).toEqual([92, 50]);
  });
  it('makes a new slice rather than change two', () => {
    const slices = settle(podsFrom(0, 190));
    const next = plan(podsFrom(0, 205), slices);
    expect(counts(next)).toEqual([1, 0, 0]);
    expect(sizes(applied(slices, next))).toEqual([100, 90, 15]);
  });
  it('removes a slice that is empty, but keeps one', () => {
    const slices = settle(podsFrom(0, 150));
    expect(counts(plan(podsFrom(0, 100), slices))).toEqual([0, 0, 1]);
    const none = plan([], slices);
    expect(counts(none)).toEqual([0, 1, 1]);
    expect(sizes(applied(slices, none))).toEqual([0]);
  });
  it('updates an endpoint in its place when its pod stops being ready', () => {
    const slices = settle(podsFrom(0, 3));
    const next = plan([pod(0), pod(1, {}, false), pod(2)], slices);
    expect(next.update.map(({ endpoints }) => endpoints?.map(({ conditions }) => conditions?.ready))).toEqual([
      [true, false, true],
    ]);
  });
  it('shows pods that go as terminating, still serving', () => {
    const [slice] = settle([pod(0, { deletionTimestamp: '2026-01-01T00:00:00Z' })]);
    expect(slice?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  });
  it('recycles slices of other ports', () => {
    const slices = settle(podsFrom(0, 3));
    const other = { ...service, spec: { ...service.spec, ports: [{ port: 81, name: 'http' }] } };
    const next = plan(podsFrom(0, 3), slices, other);
    expect(counts(next)).toEqual([0, 1, 0]);
    expect(next.update[0]?.ports?.[0]?.port).toBe(81);
    expect(next.update[0]?.metadata.name).toBe(slices[0]?.metadata.name);
  });
  it('makes slices by what a named port is in each pod', () => {
    const named = { ...service, spec: { ...service.spec, ports: [{ port: 80, targetPort: 'web' }] } };
    const withPort = (i: number, containerPort: number): corev1.Pod => {
      const ports = [{ name: 'web', containerPort }];
      return { ...pod(i), spec: { nodeName: 'a', containers: [{ name: 'app', ports }] } };
    };
    const { create } = plan([withPort(0, 80), withPort(1, 8080), withPort(2, 80)], [], named);
    expect(create.map(({ ports, endpoints }) => [ports?.[0]?.port, endpoints?.length])).toEqual([
      [80, 2],
      [8080, 1],
    ]);
  });
  it('leaves out pods of unknown nodes and says so, unless all are to be published', () => {
    const lost = { ...pod(0), spec: { nodeName: 'gone', containers: [] } };
    expect(plan([lost]).errors).toEqual(['skipping Pod p0 for Service default/web: Node gone Not Found']);
    const all = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
    expect(sizes(plan([lost], [], all).create)).toEqual([1]);
  });
  it('replaces slices that belong to a former service of the name', () => {
    const [slice] = settle([pod(0)]);
    const foreign = { ...slice, metadata: { ...slice?.metadata, ownerReferences: [] } } as Slice;
    expect(counts(plan([pod(0)], [foreign]))).toEqual([1, 0, 1]);
  });
  it('gives hints for traffic that should stay near, and takes them back', () => {
    const near = (trafficDistribution: string) => ({ ...service, spec: { ...service.spec, trafficDistribution } });
    const hints = (of: corev1.Service) =>
      plan([pod(0), pod(1, {}, false)], [], of).create[0]?.endpoints?.map((e) => e.hints);
    expect(hints(near('PreferSameZone'))).toEqual([{ forZones: [{ name: 'z' }] }, undefined]);
    expect(hints(near('PreferClose'))).toEqual([{ forZones: [{ name: 'z' }] }, undefined]);
    expect(hints(near('PreferSameNode'))).toEqual([
      { forZones: [{ name: 'z' }], forNodes: [{ name: 'a' }] },
      undefined,
    ]);
    const hinted = applied([], plan([pod(0)], [], near('PreferSameZone')));
    expect(plan([pod(0)], hinted).update[0]?.endpoints?.[0]?.hints).toBeUndefined();
  });
});
