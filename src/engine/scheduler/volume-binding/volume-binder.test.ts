import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import {
  csiDrivers,
  csiStorageCapacities,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../../api/resources.ts';
import type { Handle } from '../framework.ts';
import { makeNode, makePod, PluginFixture } from '../plugin-fixture.ts';
import { bindCompleted, selectedNode } from './find-matching-volume.ts';
import { type PodVolumes, VolumeBinder } from './volume-binder.ts';

type Claim = corev1.PersistentVolumeClaim;
type Volume = corev1.PersistentVolume;

const namespace = 'testns';
const provisioner = 'test-provisioner';
const nodeKey = 'nodeKey';
const waitClass = 'waitClass';
const immediateClass = 'immediateClass';
const waitClassWithProvisioner = 'waitClassWithProvisioner';
const topoMismatchClass = 'topoMismatchClass';

function claim(
  name: string,
  storage: string,
  storageClassName: string,
  more: { readonly volume?: string; readonly isBound?: boolean; readonly node?: string } = {},
): Claim {
  const annotations: Record<string, string> = {};
  if (more.isBound) annotations[bindCompleted] = 'true';
  if (more.node) annotations[selectedNode] = more.node;
  return {
    metadata: { name, namespace, uid: `uid-${name}`, resourceVersion: '1', annotations },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      storageClassName,
      ...(more.volume ? { volumeName: more.volume } : {}),
    },
  };
}
function volume(name: string, node: string, storage: string, storageClassName: string, of?: Claim): Volume {
  const matchExpressions = [{ key: nodeKey, operator: 'In' as const, values: [node] }];
  const claimRef = of && { name: of.metadata.name ?? '', namespace, uid: of.metadata.uid ?? '' };
  return {
    metadata: { name, resourceVersion: '1' },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
      ...(claimRef ? { claimRef } : {}),
    },
    status: { phase: of ? 'Bound' : 'Available' },
  };
}

const unbound = claim('unbound-pvc', '1G', waitClass);
const unbound2 = claim('unbound-pvc2', '5G', waitClass);
const prebound = claim('prebound-pvc', '1G', waitClass, { volume: 'pv-node1a' });
const bound = claim('bound-pvc', '1G', waitClass, { volume: 'pv-bound', isBound: true });
const immediateUnbound = claim('immediate-unbound-pvc', '1G', immediateClass);
const immediateBound = claim('immediate-bound-pvc', '1G', immediateClass, {
  volume: 'pv-bound-immediate',
  isBound: true,
});
const provisioned = claim('provisioned-pvc', '1Gi', waitClassWithProvisioner);
const selected = claim('provisioned-pvc', '1Gi', waitClassWithProvisioner, { node: 'node1' });
const noProvisioner = claim('no-provisioner-pvc', '1Gi', waitClass);
const topoMismatch = claim('topo-mismatch-pvc', '1Gi', topoMismatchClass);

const node1a = volume('pv-node1a', 'node1', '5G', waitClass);
const node1b = volume('pv-node1b', 'node1', '10G', waitClass);
const node2 = volume('pv-node2', 'node2', '1G', waitClass);
const ofBound = volume('pv-bound', 'node1', '1G', waitClass, bound);
const node1aBound = volume('pv-node1a', 'node1', '5G', waitClass, unbound);
const ofImmediate = volume('pv-bound-immediate', 'node1', '1G', immediateClass, immediateBound);
const ofImmediateNode2 = volume('pv-bound-immediate', 'node2', '1G', immediateClass, immediateBound);

const topology = (value: string): corev1.TopologySelectorTerm[] => [
  { matchLabelExpressions: [{ key: nodeKey, values: [value, 'reference-value'] }] },
];
const classes: readonly storagev1.StorageClass[] = [
  {
    metadata: { name: waitClassWithProvisioner },
    volumeBindingMode: 'WaitForFirstConsumer',
    provisioner,
    allowedTopologies: topology('node1'),
  },
  { metadata: { name: immediateClass }, volumeBindingMode: 'Immediate', provisioner: '' },
  {
    metadata: { name: waitClass },
    volumeBindingMode: 'WaitForFirstConsumer',
    provisioner: 'kubernetes.io/no-provisioner',
  },
  {
    metadata: { name: topoMismatchClass },
    volumeBindingMode: 'WaitForFirstConsumer',
    provisioner,
    allowedTopologies: topology('other'),
  },
];

interface World {
  readonly volumes?: readonly Volume[];
  readonly claims: readonly Claim[];
  /** Those that are known; absent: all of the pod's. */
  readonly known?: readonly Claim[];
  readonly capacities?: readonly { readonly node: string; readonly size: string }[];
}

const thisNode = makeNode('node1', { labels: { [nodeKey]: 'node1' } });

function binderOf({ volumes = [], claims, known = claims, capacities }: World): VolumeBinder {
  const { informers } = new PluginFixture([], { nodes: [] });
  const binder = new VolumeBinder({ informers } as unknown as Handle, 10);
  for (const found of known) informers.informer(persistentVolumeClaims).store.put(found);
  for (const found of volumes) informers.informer(persistentVolumes).store.put(found);
  for (const found of classes) informers.informer(storageClasses).store.put(found);
  if (!capacities) return binder;
  informers.informer(csiDrivers).store.put({ metadata: { name: provisioner }, spec: { storageCapacity: true } });
  for (const [i, { node, size }] of capacities.entries()) {
    informers.informer(csiStorageCapacities).store.put({
      metadata: { name: `capacity-${i}`, namespace },
      storageClassName: waitClassWithProvisioner,
      nodeTopology: { matchLabels: { [nodeKey]: node } },
      capacity: size,
    });
  }
  return binder;
}

const podOf = (claims: readonly Claim[]): corev1.Pod =>
  makePod({
    namespace,
    spec: {
      volumes: claims.map(({ metadata: { name = '' } }) => ({ name, persistentVolumeClaim: { claimName: name } })),
    },
  });

/** `claim→volume` for what is to be bound, `claim+` for what is to be provisioned; else the reasons against the node. */
function find(world: World): readonly string[] | string {
  const binder = binderOf(world);
  const claims = binder.getPodVolumeClaims(podOf(world.claims));
  if (claims.immediate.length > 0) return 'has immediate claims';
  const found = binder.findPodVolumes(claims, thisNode);
  return 'staticBindings' in found ? said(found) : found;
}
const said = ({ staticBindings, provisions }: PodVolumes): readonly string[] => [
  ...staticBindings.map((binding) => `${binding.claim.metadata.name}→${binding.volume.metadata.name}`),
  ...provisions.map(({ metadata }) => `${metadata.name}+`),
];

const conflict = "node(s) didn't find available persistent volumes to bind";
const otherNode = "node(s) didn't match PersistentVolume's node affinity";
const noVolume = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

// Upstream: plugins/volumebinding/binder_test.go TestFindPodVolumesWithoutProvisioning (v1.36). Differs: that a pod has immediate
// claims is said before any node is looked at.
describe('without provisioning', () => {
  it.each<World & { readonly name: string; readonly want: readonly string[] | string }>([
    { name: 'no-volumes', claims: [], want: [] },
    { name: 'bound-pvc', claims: [bound], volumes: [ofBound], want: [] },
    { name: 'bound-pvc,pv-not-exists', claims: [bound], want: [noVolume] },
    { name: 'prebound-pvc', claims: [prebound], volumes: [node1aBound], want: 'has immediate claims' },
    {
      name: 'unbound-pvc,pv-same-node',
      claims: [unbound],
      volumes: [node2, node1a, node1b],
      want: ['unbound-pvc→pv-node1a'],
    },
    { name: 'unbound-pvc,pv-different-node', claims: [unbound], volumes: [node2], want: [conflict] },
    {
      name: 'two-unbound-pvcs',
      claims: [unbound, unbound2],
      volumes: [node1a, node1b],
      want: ['unbound-pvc→pv-node1a', 'unbound-pvc2→pv-node1b'],
    },
    {
      name: 'two-unbound-pvcs,order-by-size',
      claims: [unbound2, unbound],
      volumes: [node1a, node1b],
      want: ['unbound-pvc→pv-node1a', 'unbound-pvc2→pv-node1b'],
    },
    { name: 'two-unbound-pvcs,partial-match', claims: [unbound, unbound2], volumes: [node1a], want: [conflict] },
    {
      name: 'one-bound,one-unbound',
      claims: [unbound, bound],
      volumes: [ofBound, node1a],
      want: ['unbound-pvc→pv-node1a'],
    },
    { name: 'one-bound,one-unbound,no-match', claims: [unbound, bound], volumes: [ofBound, node2], want: [conflict] },
    {
      name: 'one-prebound,one-unbound',
      claims: [unbound, prebound],
      volumes: [node1a, node1b],
      want: 'has immediate claims',
    },
    { name: 'immediate-bound-pvc', claims: [immediateBound], volumes: [ofImmediate], want: [] },
    {
      name: 'immediate-bound-pvc-wrong-node',
      claims: [immediateBound],
      volumes: [ofImmediateNode2],
      want: [otherNode],
    },
    { name: 'immediate-unbound-pvc', claims: [immediateUnbound], want: 'has immediate claims' },
    {
      name: 'immediate-unbound-pvc,delayed-mode-bound',
      claims: [immediateUnbound, bound],
      volumes: [ofBound],
      want: 'has immediate claims',
    },
    {
      name: 'immediate-unbound-pvc,delayed-mode-unbound',
      claims: [immediateUnbound, unbound],
      want: 'has immediate claims',
    },
  ])('$name', ({ want, ...world }) => {
    expect(find(world)).toEqual(want);
  });

  it('pvc-not-found', () => {
    expect(() => find({ claims: [bound], known: [] })).toThrow('error getting PVC "testns/bound-pvc"');
  });
});

// Upstream: plugins/volumebinding/binder_test.go TestFindPodVolumesWithProvisioning (v1.36)
describe('with provisioning', () => {
  it.each<World & { readonly name: string; readonly want: readonly string[] | string; readonly needs?: true }>([
    { name: 'one-provisioned', claims: [provisioned], want: ['provisioned-pvc+'], needs: true },
    {
      name: 'two-unbound-pvcs,one-matched,one-provisioned',
      claims: [unbound, provisioned],
      volumes: [node1a],
      want: ['unbound-pvc→pv-node1a', 'provisioned-pvc+'],
      needs: true,
    },
    {
      name: 'one-bound,one-provisioned',
      claims: [bound, provisioned],
      volumes: [ofBound],
      want: ['provisioned-pvc+'],
      needs: true,
    },
    {
      name: 'one-binding,one-selected-node',
      claims: [bound, selected],
      volumes: [ofBound],
      want: ['provisioned-pvc+'],
      needs: true,
    },
    { name: 'immediate-unbound-pvc', claims: [immediateUnbound], want: 'has immediate claims' },
    {
      name: 'one-immediate-bound,one-provisioned',
      claims: [immediateBound, provisioned],
      volumes: [ofImmediate],
      want: ['provisioned-pvc+'],
      needs: true,
    },
    { name: 'invalid-provisioner', claims: [noProvisioner], want: [conflict] },
    { name: 'volume-topology-unsatisfied', claims: [topoMismatch], want: [conflict] },
  ])('$name', ({ want, needs, ...world }) => {
    expect(find(world)).toEqual(want);
    // A driver that tells its capacity must have enough where the node reaches it.
    const short = needs ? ['node(s) did not have enough free storage'] : want;
    expect(find({ ...world, capacities: [] })).toEqual(short);
    expect(find({ ...world, capacities: [{ node: 'node2', size: '1Gi' }] })).toEqual(short);
    expect(find({ ...world, capacities: [{ node: 'node1', size: '1Mi' }] })).toEqual(short);
    expect(find({ ...world, capacities: [{ node: 'node1', size: '1Gi' }] })).toEqual(want);
  });

  it('a claim that another node was chosen for is not found here', () => {
    const elsewhere = claim('provisioned-pvc', '1Gi', waitClassWithProvisioner, { node: 'node2' });
    expect(find({ claims: [elsewhere] })).toEqual([conflict]);
  });
});

// Upstream: plugins/volumebinding/binder_test.go TestAssumePodVolumes, TestRevertAssumedPodVolumes (v1.36)
describe('what is taken for granted', () => {
  it.each<World & { readonly name: string; readonly want: readonly string[] | undefined }>([
    { name: 'all-bound', claims: [bound], volumes: [ofBound], want: undefined },
    { name: 'one-binding', claims: [unbound], volumes: [node1a], want: ['unbound-pvc→pv-node1a'] },
    {
      name: 'two-bindings',
      claims: [unbound, unbound2],
      volumes: [node1a, node1b],
      want: ['unbound-pvc→pv-node1a', 'unbound-pvc2→pv-node1b'],
    },
    {
      name: 'one-binding, one-pvc-provisioned',
      claims: [unbound, provisioned],
      volumes: [node1a],
      want: ['unbound-pvc→pv-node1a', 'provisioned-pvc+'],
    },
    { name: 'one-binding, one-provision-new-node', claims: [selected], want: ['provisioned-pvc+'] },
  ])('$name', ({ want, ...world }) => {
    const binder = binderOf(world);
    const pod = podOf(world.claims);
    const claimsOfPod = () => binder.getPodVolumeClaims(pod);
    const found = binder.findPodVolumes(claimsOfPod(), thisNode) as PodVolumes;
    const assumed = binder.assumePodVolumes(pod, 'node1', found);
    expect(assumed && said(assumed)).toEqual(want);
    if (!assumed) return;
    for (const { volume: taken, claim: of } of assumed.staticBindings)
      expect(taken.spec?.claimRef).toMatchObject({ name: of.metadata.name, uid: of.metadata.uid });
    for (const { metadata } of assumed.provisions) {
      expect(metadata.annotations?.[selectedNode]).toBe('node1');
      const now = binder.getClaim(`${namespace}/${metadata.name}`);
      expect(now?.metadata.annotations?.[selectedNode]).toBe('node1');
    }
    // A second pod finds the volumes taken; when they are given back, as before.
    const other = claim('another-pvc', '1G', waitClass);
    const free = () => binder.findPodVolumes({ bound: [], delayed: [other], immediate: [] }, thisNode);
    if (assumed.staticBindings.length > 0) expect(free()).toEqual([conflict]);
    binder.revertAssumedPodVolumes(assumed);
    expect(said(binder.findPodVolumes(claimsOfPod(), thisNode) as PodVolumes)).toEqual(want);
  });
});
