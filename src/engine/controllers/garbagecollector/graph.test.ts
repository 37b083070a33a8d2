import { beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject, OwnerReference } from '../../../apimachinery/object-meta.ts';
import { blockingDependents, Graph, type Identity } from './graph.ts';

let told: string[] = [];
let graph: Graph;
beforeEach(() => {
  told = [];
  graph = new Graph({
    attemptToDelete: (uid) => void told.push(`delete ${uid}`),
    attemptToOrphan: (uid) => void told.push(`orphan ${uid}`),
    invalidNamespace: (dependent, owner) => void told.push(`namespace ${dependent.identity.uid} of ${owner}`),
  });
});

const identity = (uid: string, namespace = 'ns', kind = 'Pod'): Identity => ({
  apiVersion: 'v1',
  kind,
  namespace,
  name: uid,
  uid,
});
const ref = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: uid,
  uid,
  ...more,
});
const object = (
  owners: readonly OwnerReference[] = [],
  finalizers: readonly string[] = [],
  going = false,
): KubernetesObject => ({
  metadata: {
    ownerReferences: owners,
    finalizers,
    ...(going ? { deletionTimestamp: '2024-01-01T00:00:00Z' } : {}),
  },
});
const add = (uid: string, owners: readonly string[] = [], namespace = 'ns') =>
  graph.observe(identity(uid, namespace), undefined, object(owners.map((owner) => ref(owner))));
const since = (action: () => void): string[] => {
  told = [];
  action();
  return told;
};

// Upstream: pkg/controller/garbagecollector/garbagecollector_test.go TestProcessEvent, TestConflictingData (v1.36)
describe('owners and dependents', () => {
  it('are tied whichever comes first', () => {
    add('child', ['owner']);
    expect(told).toEqual(['delete owner']);
    expect(graph.get('owner')?.virtual).toBe(true);
    expect(since(() => add('owner'))).toEqual([]);
    expect(graph.get('owner')?.virtual).toBe(false);
    expect([...(graph.get('owner')?.dependents.keys() ?? [])]).toEqual(['child']);
  });

  it('dependents of an owner that goes are looked at', () => {
    add('owner');
    add('a', ['owner']);
    add('b', ['owner']);
    expect(since(() => graph.remove('owner'))).toEqual(['delete a', 'delete b']);
  });

  it('an owner that waits for its dependents is looked at when one goes', () => {
    add('owner');
    add('a', ['owner']);
    const before = object();
    graph.observe(identity('owner'), before, object([], ['foregroundDeletion'], true));
    expect(since(() => graph.remove('a'))).toEqual(['delete owner']);
  });

  it('an owner of another kind than the reference says is none', () => {
    add('owner');
    expect(since(() => graph.observe(identity('a'), undefined, object([ref('owner', { kind: 'Other' })])))).toEqual([
      'delete a',
    ]);
  });

  it('child of a cluster-scoped owner, child of an owner of another namespace', () => {
    add('cluster', [], '');
    add('elsewhere', [], 'other');
    expect(since(() => add('a', ['cluster']))).toEqual([]);
    expect(since(() => add('b', ['elsewhere']))).toEqual(['namespace b of elsewhere', 'delete b']);
  });

  it('a reference to the wrong namespace is found out when the owner shows up', () => {
    add('a', ['late']);
    expect(since(() => add('late', [], 'other'))).toEqual(['namespace a of late', 'delete a']);
  });
});

describe('changes of owners', () => {
  it('one that no longer blocks lets its owner go', () => {
    const blocked = [ref('owner', { blockOwnerDeletion: true })];
    add('owner');
    graph.observe(identity('a'), undefined, object(blocked));
    expect(blockingDependents(graph.get('owner') as never).map((node) => node.identity.uid)).toEqual(['a']);
    expect(since(() => graph.observe(identity('a'), object(blocked), object([ref('owner')])))).toEqual([
      'delete owner',
    ]);
    expect(blockingDependents(graph.get('owner') as never)).toEqual([]);
  });

  it('one that is taken away is no dependent any more', () => {
    const blocked = [ref('owner', { blockOwnerDeletion: true })];
    add('owner');
    graph.observe(identity('a'), undefined, object(blocked));
    expect(since(() => graph.observe(identity('a'), object(blocked), object()))).toEqual(['delete owner']);
    expect(graph.get('owner')?.dependents.size).toBe(0);
  });
});

describe('deletion', () => {
  it('in the foreground looks at the dependents first', () => {
    add('owner');
    add('a', ['owner']);
    expect(since(() => graph.observe(identity('owner'), object(), object([], ['foregroundDeletion'], true)))).toEqual([
      'delete a',
      'delete owner',
    ]);
    expect(graph.get('owner')?.deletingDependents).toBe(true);
  });

  it('with orphans sets them free', () => {
    add('owner');
    add('a', ['owner']);
    expect(since(() => graph.observe(identity('owner'), object(), object([], ['orphan'], true)))).toEqual([
      'orphan owner',
    ]);
  });

  it('tells once', () => {
    const going = object([], ['orphan'], true);
    graph.observe(identity('owner'), undefined, going);
    expect(since(() => graph.observe(identity('owner'), going, going))).toEqual([]);
  });
});
