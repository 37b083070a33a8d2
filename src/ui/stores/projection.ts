/**
 * Keeps the page's stores equal to the cluster: one informer for each kind with a look, one for each established custom
 * resource, one for events; everything that changes between two frames is one `setState`.
 */
import type * as apiextensionsv1 from '../../api/apiextensions/v1.ts';
import { customResourceDefinitions, events } from '../../api/resources.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { groupResource, type ResourceRef } from '../../apimachinery/resource-ref.ts';
import type { Client } from '../../client/client.ts';
import { InformerFactory } from '../../client/informer.ts';
import type { PromiseDriver } from '../../process/promise-driver.ts';
import { conditionsOf } from '../kinds/conditions.ts';
import type { KindLook } from '../kinds/kind-look.ts';
import { defaultLook, kindLooks } from '../kinds/registry.ts';
import { applyChanges, type Change, type ClusterStore } from './cluster-store.ts';
import { eventViewOf, type EventStore, type EventView, mergeEvents } from './event-store.ts';
import { FrameBatcher, type FrameScheduler } from './frame-batcher.ts';
import { viewOf } from './object-view.ts';

export interface ProjectionTargets {
  readonly cluster: ClusterStore;
  readonly events: EventStore;
}

/** The more there is to draw, the longer until it is drawn again: each frame up to some hundred objects, then four times a second. */
export const intervalFor = (objects: number): number => (objects <= 250 ? 0 : objects <= 600 ? 100 : 250);

/** Starts watching; gives a function that stops. */
export function startProjection(
  client: Client,
  driver: PromiseDriver,
  targets: ProjectionTargets,
  frames: FrameScheduler,
): () => void {
  // Nobody looks at managed fields here; they would be two fifths of what is sent and kept.
  const accept = 'application/json;managedfields=omit';
  const factory = new InformerFactory(client.withHeaders({ accept }), driver);
  const changes = new FrameBatcher<Change>(frames, (batch) => {
    targets.cluster.setState(applyChanges(targets.cluster.getState(), batch), true);
    return intervalFor(targets.cluster.getState().byUid.size);
  });
  for (const look of kindLooks) watchKind(factory, look, changes);
  watchEvents(factory, targets.events, frames);
  const stopped = watchCustomResources(factory, changes);
  factory.start();
  const waiting = new AbortController();
  driver.run(factory.waitForSync(), waiting.signal).then(
    () => changes.add({ op: 'synced' }),
    () => undefined,
  );
  return () => {
    stopped();
    waiting.abort();
    factory.stop();
  };
}

function watchKind(factory: InformerFactory, look: KindLook, changes: FrameBatcher<Change>): () => void {
  const resource = groupResource(look.ref);
  const put = (object: KubernetesObject) => changes.add({ op: 'put', view: viewOf(object, look) });
  const remove = (object: KubernetesObject) => changes.add({ op: 'remove', uid: object.metadata.uid ?? '', resource });
  return factory.informer(look.ref).addEventHandler({
    add: put,
    update: (old, object) => {
      if (old.metadata.uid !== object.metadata.uid) remove(old);
      put(object);
    },
    delete: remove,
  });
}

function watchEvents(factory: InformerFactory, store: EventStore, frames: FrameScheduler): void {
  const batcher = new FrameBatcher<{ readonly event: EventView; readonly gone: boolean }>(frames, (batch) => {
    const gone = new Set(batch.flatMap(({ event, gone }) => (gone ? [event.uid] : [])));
    const changed = batch.flatMap(({ event, gone }) => (gone ? [] : [event]));
    store.setState({ events: mergeEvents(store.getState().events, changed, gone) });
    return 100;
  });
  factory.informer(events).addEventHandler({
    add: (event) => batcher.add({ event: eventViewOf(event), gone: false }),
    update: (_, event) => batcher.add({ event: eventViewOf(event), gone: false }),
    delete: (event) => batcher.add({ event: eventViewOf(event), gone: true }),
  });
}

function refOf(crd: apiextensionsv1.CustomResourceDefinition): ResourceRef | undefined {
  const { group, names, scope, versions } = crd.spec;
  const version = versions.find((v) => v.storage && v.served) ?? versions.find((v) => v.served);
  if (!version) return undefined;
  return { group, version: version.name, resource: names.plural, kind: names.kind, namespaced: scope === 'Namespaced' };
}

/** Custom resources come and go with their definitions; each gets the default look. */
function watchCustomResources(factory: InformerFactory, changes: FrameBatcher<Change>): () => void {
  const watched = new Map<string, () => void>();
  const consider = (crd: apiextensionsv1.CustomResourceDefinition) => {
    const ref = refOf(crd);
    const established = conditionsOf(crd).some((c) => c.type === 'Established' && c.status === 'True');
    if (!ref || !established || watched.has(groupResource(ref))) return;
    watched.set(groupResource(ref), watchKind(factory, defaultLook(ref), changes));
    factory.informer(ref).start();
  };
  const forget = (crd: apiextensionsv1.CustomResourceDefinition) => {
    const ref = refOf(crd);
    if (!ref) return;
    const informer = factory.informer(ref);
    for (const object of informer.store.list())
      changes.add({ op: 'remove', uid: object.metadata.uid ?? '', resource: groupResource(ref) });
    watched.get(groupResource(ref))?.();
    watched.delete(groupResource(ref));
    factory.forget(informer);
  };
  factory
    .informer(customResourceDefinitions)
    .addEventHandler({ add: consider, update: (_, crd) => consider(crd), delete: forget });
  return () => {
    for (const stop of watched.values()) stop();
  };
}
