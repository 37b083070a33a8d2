/**
 * Deletes what nobody owns any more: objects whose owners are gone, or are being deleted in the foreground; and frees those whose
 * owners are deleted with orphans left.
 *
 * Reads all resources that can be listed, watched and deleted, through informers of their own; deletes objects, and removes owner
 * references and the two finalizers. Upstream: pkg/controller/garbagecollector/garbagecollector.go (v1.36)
 */
import { customResourceDefinitions } from '../../../api/resources.ts';
import type { KubernetesObject, OwnerReference } from '../../../apimachinery/object-meta.ts';
import { groupVersion } from '../../../apimachinery/resource-ref.ts';
import { isConflict, isNotFound, isUnsupportedMediaType } from '../../../apimachinery/status-error.ts';
import type { ResourceClient } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import { type Process, suspend } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { type DiscoveredResource, serverPreferredResources } from '../shared/discovery.ts';
import { runAll } from '../shared/slow-start-batch.ts';
import {
  blockingDependents,
  foregroundFinalizer,
  Graph,
  type GraphNode,
  type Identity,
  orphanFinalizer,
} from './graph.ts';

const workers = 20;
const resyncMs = 30_000;
/** How long after a definition changed its resource may still be missing from discovery. */
const discoveryLagMs = 500;
const absentOwnerLimit = 500;

export const garbageCollector = defineController({
  name: 'garbage-collector-controller',
  serviceAccount: 'generic-garbage-collector',
  start: (run) => new GarbageCollector(run).start(),
});

/** The node is to be looked at again, though nothing failed: its object is not seen yet. */
class NotYetObservedError extends Error {}

class GarbageCollector {
  readonly #run: ControllerRun;
  readonly #graph: Graph;
  readonly #deleteQueue: RateLimitingQueue;
  readonly #orphanQueue: RateLimitingQueue;
  readonly #recorder: EventRecorder;
  readonly #monitors = new Map<string, { readonly stop: () => void; readonly informer: Informer<KubernetesObject> }>();
  readonly #refs = new Map<string, DiscoveredResource>();
  readonly #absentOwners = new Set<string>();
  #synced = false;
  #waiters: (() => void)[] = [];

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#deleteQueue = run.queue();
    this.#orphanQueue = run.queue();
    this.#recorder = run.recorder('garbage-collector-controller');
    this.#graph = new Graph({
      attemptToDelete: (uid) => this.#deleteQueue.add(uid),
      attemptToOrphan: (uid) => this.#orphanQueue.add(uid),
      invalidNamespace: (dependent, ownerUid) => this.#reportInvalidNamespace(dependent, ownerUid),
    });
  }

  start(): void {
    const run = this.#run;
    const queue = run.queue();
    const definitions = run.informer(customResourceDefinitions);
    const resync = () => queue.add('resources');
    const later = () => queue.addAfter('resources', discoveryLagMs);
    run.watch(definitions, { add: later, update: later, delete: later });
    run.onStop(() => {
      for (const { stop } of this.#monitors.values()) stop();
    });
    resync();
    run.every(resyncMs, () => {
      if (this.#refs.size === 0) resync();
    });
    run.work({ queue, informers: [], workers: 1, reconcile: () => this.#syncMonitors() });
    const report = this.#report;
    const informers = [definitions, { waitForSync: () => this.#waitForMonitors() }];
    run.work({ queue: this.#deleteQueue, informers, workers, report, reconcile: (uid) => this.#attemptToDelete(uid) });
    run.work({ queue: this.#orphanQueue, informers, workers, report, reconcile: (uid) => this.#attemptToOrphan(uid) });
  }

  readonly #report = (error: unknown, what: string): void => {
    if (!(error instanceof NotYetObservedError)) this.#run.context.report(error, what);
  };

  // Monitors: one informer for each resource.

  *#syncMonitors(): Process<void> {
    const { resources } = yield* serverPreferredResources(this.#run.client);
    const wanted = new Map<string, DiscoveredResource>();
    for (const resource of resources) {
      this.#refs.set(`${groupVersion(resource)}/${resource.kind}`, resource);
      const { group, resource: name, verbs } = resource;
      const ignored = name === 'events' && (group === '' || group === 'events.k8s.io');
      const possible = ['delete', 'list', 'watch'].every((verb) => verbs.includes(verb));
      if (possible && !ignored) wanted.set(`${groupVersion(resource)}/${name}`, resource);
    }
    for (const [key, { stop }] of this.#monitors) {
      if (wanted.has(key)) continue;
      stop();
      this.#monitors.delete(key);
    }
    for (const [key, resource] of wanted)
      if (!this.#monitors.has(key)) this.#monitors.set(key, this.#monitor(resource));
    for (const { informer } of this.#monitors.values()) yield* informer.waitForSync();
    this.#synced = true;
    for (const wake of this.#waiters.splice(0)) wake();
  }
  *#waitForMonitors(): Process<void> {
    if (!this.#synced) yield* suspend<void>((resume) => void this.#waiters.push(resume));
  }
  #monitor(resource: DiscoveredResource) {
    const { verbs: _, ...ref } = resource;
    const informer: Informer<KubernetesObject> = this.#run.informer(ref);
    const { kind } = ref;
    const apiVersion = groupVersion(ref);
    const identityOf = (object: KubernetesObject): Identity => {
      const { namespace = '', name = '', uid = '' } = object.metadata;
      return { apiVersion, kind, namespace, name, uid };
    };
    const stop = informer.addEventHandler({
      add: (object) => this.#graph.observe(identityOf(object), undefined, object),
      update: (old, object) => {
        if (old.metadata.uid === object.metadata.uid) return this.#graph.observe(identityOf(object), old, object);
        this.#graph.remove(old.metadata.uid ?? '');
        this.#graph.observe(identityOf(object), undefined, object);
      },
      delete: (object) => {
        this.#rememberAbsent(identityOf(object));
        this.#graph.remove(object.metadata.uid ?? '');
      },
    });
    return { informer, stop };
  }

  // Deletion.

  /** Upstream: attemptToDeleteItem (v1.36) */
  *#attemptToDelete(uid: string): Process<void> {
    const node = this.#graph.get(uid);
    if (!node) return;
    if (node.beingDeleted && !node.deletingDependents) return;
    const latest = yield* this.#get(node.identity);
    if (!latest || latest.metadata.uid !== uid) {
      this.#rememberAbsent(node.identity);
      if (node.virtual || !latest) this.#graph.remove(uid);
      return;
    }
    if (node.virtual) throw new NotYetObservedError('object is not observed yet');
    if (node.deletingDependents) return yield* this.#processDeletingDependents(node);
    const references = latest.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const { solid, dangling, waiting } = yield* this.#classifyReferences(node, references);
    if (solid.length > 0) {
      const gone = [...dangling, ...waiting].map((owner) => owner.uid);
      if (gone.length > 0) yield* this.#deleteOwnerReferences(node.identity, latest, gone);
    } else if (waiting.length > 0 && node.dependents.size > 0) {
      yield* this.#deleteInForeground(node, latest);
    } else {
      const finalizers = latest.metadata.finalizers ?? [];
      const inForeground = finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
      yield* this.#delete(node.identity, latest, finalizers.includes(orphanFinalizer) ? 'Orphan' : inForeground);
    }
  }

  *#classifyReferences(node: GraphNode, references: readonly OwnerReference[]) {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of references) {
      const owner = yield* this.#owner(reference, node.identity.namespace);
      if (!owner) dangling.push(reference);
      else if (isDeletingDependents(owner)) waiting.push(reference);
      else solid.push(reference);
    }
    return { solid, dangling, waiting };
  }
  /** The owner that a reference means, if it exists. */
  *#owner(reference: OwnerReference, namespace: string): Process<KubernetesObject | undefined> {
    const { apiVersion, kind, name, uid } = reference;
    const identity = { apiVersion, kind, namespace, name, uid };
    if (this.#absentOwners.has(identityKey(identity))) return undefined;
    const owner = yield* this.#get(identity);
    if (owner?.metadata.uid === uid) return owner;
    this.#rememberAbsent(identity);
    return undefined;
  }

  *#deleteInForeground(node: GraphNode, latest: KubernetesObject): Process<void> {
    const inCircle = [...node.dependents.values()].some((dependent) => dependent.deletingDependents);
    if (inCircle) {
      const unblocked = (latest.metadata.ownerReferences ?? []).map((owner) => ({
        ...owner,
        blockOwnerDeletion: false,
      }));
      yield* this.#patch(node.identity, latest, unblocked, unblocked);
    }
    yield* this.#delete(node.identity, inCircle ? undefined : latest, 'Foreground');
  }

  *#processDeletingDependents(node: GraphNode): Process<void> {
    const blockers = blockingDependents(node);
    if (blockers.length === 0) return yield* this.#removeFinalizer(node.identity, foregroundFinalizer);
    for (const blocker of blockers) {
      if (!blocker.deletingDependents) this.#deleteQueue.add(blocker.identity.uid);
    }
  }

  // Orphans.

  *#attemptToOrphan(uid: string): Process<void> {
    const node = this.#graph.get(uid);
    if (!node) return;
    const { errors } = yield* runAll(
      [...node.dependents.values()].map((dependent) => this.#orphan(dependent.identity, uid)),
    );
    if (errors.length > 0) throw errors[0];
    yield* this.#removeFinalizer(node.identity, orphanFinalizer);
  }
  *#orphan(dependent: Identity, ownerUid: string): Process<void> {
    const latest = yield* this.#get(dependent);
    if (latest?.metadata.uid === dependent.uid) yield* this.#deleteOwnerReferences(dependent, latest, [ownerUid]);
  }

  // Requests.

  #resource(identity: Identity): ResourceClient<KubernetesObject> {
    const ref = this.#refs.get(`${identity.apiVersion}/${identity.kind}`);
    if (!ref) throw new NotYetObservedError(`unable to get REST mapping for ${identity.apiVersion}/${identity.kind}.`);
    return this.#run.client.resource(ref, ref.namespaced ? identity.namespace : undefined);
  }
  *#get(identity: Identity): Process<KubernetesObject | undefined> {
    try {
      return yield* this.#resource(identity).get(identity.name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
  *#delete(
    identity: Identity,
    latest: KubernetesObject | undefined,
    propagationPolicy: 'Foreground' | 'Background' | 'Orphan',
  ): Process<void> {
    const resourceVersion = latest?.metadata.resourceVersion;
    const preconditions = { uid: identity.uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    try {
      yield* this.#resource(identity).delete(identity.name, { propagationPolicy, preconditions });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.#graph.remove(identity.uid);
    }
  }
  *#deleteOwnerReferences(identity: Identity, latest: KubernetesObject, uids: readonly string[]): Process<void> {
    const strategic = uids.map((uid) => ({ $patch: 'delete', uid }));
    const remaining = (latest.metadata.ownerReferences ?? []).filter((owner) => !uids.includes(owner.uid));
    yield* this.#patch(identity, latest, strategic, remaining);
  }
  /** Changes owner references, by a strategic patch where the kind has one. */
  *#patch(
    identity: Identity,
    latest: KubernetesObject,
    strategic: readonly object[],
    merged: readonly object[],
  ): Process<void> {
    const resource = this.#resource(identity);
    const { uid } = identity;
    try {
      yield* resource.patch(identity.name, 'strategic', { metadata: { ownerReferences: strategic, uid } });
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isUnsupportedMediaType(error)) throw error;
      const { resourceVersion } = latest.metadata;
      yield* resource.patch(identity.name, 'merge', { metadata: { resourceVersion, ownerReferences: merged } });
    }
  }
  *#removeFinalizer(identity: Identity, finalizer: string): Process<void> {
    for (let attempt = 0; attempt < 5; attempt++) {
      const latest = yield* this.#get(identity);
      const { resourceVersion, finalizers = [] } = latest?.metadata ?? {};
      if (!latest || !finalizers.includes(finalizer)) return;
      const metadata = { resourceVersion, finalizers: finalizers.filter((other) => other !== finalizer) };
      try {
        yield* this.#resource(identity).patch(identity.name, 'merge', { metadata });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error)) throw error;
      }
    }
    throw new NotYetObservedError('updateMaxRetries has reached. The garbage collector will retry later.');
  }

  #rememberAbsent(identity: Identity): void {
    this.#absentOwners.add(identityKey(identity));
    if (this.#absentOwners.size <= absentOwnerLimit) return;
    for (const oldest of this.#absentOwners) {
      this.#absentOwners.delete(oldest);
      return;
    }
  }
  #reportInvalidNamespace(dependent: GraphNode, ownerUid: string): void {
    const { apiVersion, kind, namespace, name, uid } = dependent.identity;
    const owner = dependent.owners.find((reference) => reference.uid === ownerUid);
    if (!owner) return;
    const what = `ownerRef [${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${ownerUid}]`;
    const message = `${what} does not exist in namespace "${namespace}"`;
    const about = { apiVersion, kind, namespace, name, uid };
    this.#recorder.event(about, 'Warning', 'OwnerRefInvalidNamespace', message);
  }
}

const identityKey = ({ apiVersion, kind, namespace, name, uid }: Identity) =>
  [apiVersion, kind, namespace, name, uid].join('|');

const isDeletingDependents = (object: KubernetesObject) =>
  object.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes(foregroundFinalizer) === true;
