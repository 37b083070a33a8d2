import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ObjectView } from './object-view.ts';

export type Views = ReadonlyMap<string, ObjectView>;

/** What the page knows of the cluster: a projection of informers, replaced once a frame. */
export interface ClusterState {
  /** `deployments.apps` → uid → view. */
  readonly byResource: ReadonlyMap<string, Views>;
  /** All of them by uid. */
  readonly byUid: Views;
  /** Whether every first list has come. */
  readonly synced: boolean;
}

export type Change =
  | { readonly op: 'put'; readonly view: ObjectView }
  | { readonly op: 'remove'; readonly uid: string; readonly resource: string }
  | { readonly op: 'synced' };

export type ClusterStore = StoreApi<ClusterState>;

export const emptyCluster: ClusterState = { byResource: new Map(), byUid: new Map(), synced: false };

/** Applies one frame's changes: maps that did not change keep their identity. */
export function applyChanges(state: ClusterState, changes: readonly Change[]): ClusterState {
  const byResource = new Map(state.byResource);
  const byUid = new Map(state.byUid);
  const fresh = new Map<string, Map<string, ObjectView>>();
  let synced = state.synced;
  const writable = (resource: string) => {
    let map = fresh.get(resource);
    if (!map) {
      map = new Map(state.byResource.get(resource));
      fresh.set(resource, map);
      byResource.set(resource, map);
    }
    return map;
  };
  for (const change of changes) {
    if (change.op === 'synced') synced = true;
    else if (change.op === 'put') {
      writable(change.view.resource).set(change.view.uid, change.view);
      byUid.set(change.view.uid, change.view);
    } else {
      writable(change.resource).delete(change.uid);
      byUid.delete(change.uid);
    }
  }
  return { byResource, byUid, synced };
}

export function createClusterStore(): ClusterStore {
  return createStore<ClusterState>(() => emptyCluster);
}

const none: Views = new Map();
/** The views of one resource; an empty map when there are none. */
export function viewsOf(state: ClusterState, resource: string): Views {
  return state.byResource.get(resource) ?? none;
}

/** The view of an object by kind, namespace and name. */
export function findView(state: ClusterState, kind: string, namespace: string, name: string): ObjectView | undefined {
  for (const views of state.byResource.values()) {
    for (const view of views.values()) {
      if (view.kind !== kind) break;
      if (view.name === name && view.namespace === namespace) return view;
    }
  }
  return undefined;
}
