import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { getControllerOf, type KubernetesObject, metaNamespaceKey } from '../../apimachinery/object-meta.ts';
import { groupVersion, type ResourceRef } from '../../apimachinery/resource-ref.ts';
import { runController } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { RateLimitingQueue } from '../../client/rate-limiting-queue.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { ComponentContext } from '../component.ts';
import type { ControllerDefinition, ReconcileContext, ResourceName } from './definition.ts';
import { resolveResource } from './resource-names.ts';

/** Told of what a controller does. */
export interface ControllerObserver {
  waiting(resource: ResourceName): void;
  running(): void;
  reconciled(): void;
  failed(error: unknown): void;
  log(text: string): void;
}

interface Known {
  readonly ref: ResourceRef<KubernetesObject>;
  readonly informer: Informer<KubernetesObject>;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value instanceof Error ? value.message : (JSON.stringify(value) ?? String(value));

/** One controller at work: informers, a queue, and its reconcile for each key. Runs until killed. */
export class RunningController {
  readonly #definition: ControllerDefinition;
  readonly #context: ComponentContext;
  readonly #observer: ControllerObserver;
  readonly #queue: RateLimitingQueue;
  readonly #recorder: EventRecorder;
  readonly #known = new Map<ResourceName, Known>();

  constructor(definition: ControllerDefinition, context: ComponentContext, observer: ControllerObserver) {
    this.#definition = definition;
    this.#context = context;
    this.#observer = observer;
    this.#queue = new RateLimitingQueue(context.sim);
    this.#recorder = context.recorder(definition.name);
  }

  *run(): Process<void> {
    const { for: target, owns = [], name, workers = 1 } = this.#definition;
    const { client, informers } = this.#context;
    try {
      for (const resource of [target, ...owns]) {
        const ref = yield* resolveResource(client, resource, () => this.#observer.waiting(resource));
        this.#known.set(resource, { ref, informer: informers.informer(ref) });
      }
      const main = this.#resource(target);
      main.informer.addEventHandler({
        add: (object) => this.#queue.add(metaNamespaceKey(object)),
        update: (_, object) => this.#queue.add(metaNamespaceKey(object)),
        delete: (object) => this.#queue.add(metaNamespaceKey(object)),
      });
      for (const resource of owns) this.#followOwned(this.#resource(resource), main.ref);
      informers.start();
      for (const { informer } of this.#known.values()) yield* informer.waitForSync();
      this.#observer.running();
      yield* runController({
        name,
        queue: this.#queue,
        workers,
        reconcile: (key) => this.#reconcile(key),
      });
    } finally {
      this.#queue.shutDown();
      informers.stop();
      this.#recorder.stop();
    }
  }

  #followOwned({ informer }: Known, owner: ResourceRef): void {
    const enqueue = (object: KubernetesObject) => {
      const controller = getControllerOf(object);
      if (controller?.kind !== owner.kind || controller.apiVersion !== groupVersion(owner)) return;
      const { namespace } = object.metadata;
      this.#queue.add(owner.namespaced && namespace ? `${namespace}/${controller.name}` : controller.name);
    };
    informer.addEventHandler({ add: enqueue, update: (_, object) => enqueue(object), delete: enqueue });
  }

  /** Whatever a reconcile throws is told and harms no other key. */
  *#reconcile(key: string): Process<void> {
    try {
      const running: unknown = this.#definition.reconcile(this.#contextOf(key));
      if (running instanceof Promise)
        throw new Error('reconcile must be a generator: write *reconcile and yield*, not async and await');
      const result = isProcess(running) ? yield* running : running;
      this.#observer.reconciled();
      const after =
        typeof result === 'object' && result !== null && 'requeueAfterMs' in result ? result.requeueAfterMs : undefined;
      if (typeof after === 'number') this.#queue.addAfter(key, after);
    } catch (error) {
      if (error instanceof Error && error.name === 'KilledError') throw error;
      this.#observer.failed(error);
      throw error;
    }
  }

  #contextOf(key: string): ReconcileContext {
    const { sim, client } = this.#context;
    const main = this.#resource(this.#definition.for);
    const slash = key.indexOf('/');
    const [namespace, name] = slash < 0 ? ['', key] : [key.slice(0, slash), key.slice(slash + 1)];
    const object = main.informer.store.get(key);
    const here = main.ref.namespaced ? namespace : undefined;
    return {
      key,
      namespace,
      name,
      object,
      client,
      resource: (resource, inNamespace = here) => client.resource(this.#resource(resource).ref, inNamespace),
      owned: (resource) =>
        this.#resource(resource)
          .informer.store.list(here)
          .filter((one) => object?.metadata.uid !== undefined && getControllerOf(one)?.uid === object.metadata.uid),
      apply: (wanted) => this.#apply(wanted, object),
      updateStatus: (status) => this.#updateStatus(main.ref, object, status),
      event: (type, reason, message) => {
        if (object) this.#recorder.event(object, type, reason, message);
      },
      log: (...values) => this.#observer.log(values.map(textOf).join(' ')),
      now: () => sim.now(),
      sleep,
    };
  }

  #apply(wanted: KubernetesObject, owner: KubernetesObject | undefined): Process<KubernetesObject> {
    const known = [...this.#known.values()].find(
      ({ ref }) => ref.kind === wanted.kind && groupVersion(ref) === wanted.apiVersion,
    );
    if (!known) throw new Error(`${wanted.apiVersion} ${wanted.kind} is not among what the controller owns`);
    if (!owner) throw new Error('the object is gone: nothing can be applied for it');
    const { name = '', namespace, uid = '' } = owner.metadata;
    const reference = {
      apiVersion: owner.apiVersion ?? '',
      kind: owner.kind ?? '',
      name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    const inNamespace = known.ref.namespaced ? (wanted.metadata.namespace ?? namespace) : undefined;
    const complete = {
      ...wanted,
      metadata: {
        ...wanted.metadata,
        ...(inNamespace ? { namespace: inNamespace } : {}),
        ownerReferences: [
          ...(wanted.metadata.ownerReferences ?? []).filter(({ uid: other }) => other !== uid),
          reference,
        ],
      },
    };
    const options = { fieldManager: this.#definition.name, force: true };
    return this.#context.client.resource(known.ref, inNamespace).apply(complete, options);
  }

  *#updateStatus(
    ref: ResourceRef<KubernetesObject>,
    object: KubernetesObject | undefined,
    status: object,
  ): Process<void> {
    const before = (object as { readonly status?: Readonly<Record<string, unknown>> } | undefined)?.status ?? {};
    if (!object || Object.entries(status).every(([field, value]) => deepEqual(before[field], value))) return;
    const { name = '', namespace } = object.metadata;
    yield* this.#context.client.resource(ref, namespace).patch(name, 'merge', { status }, { subresource: 'status' });
  }

  #resource(name: ResourceName): Known {
    const known = this.#known.get(name);
    if (!known) throw new Error(`${name} is neither what the controller is for nor among what it owns`);
    return known;
  }
}

const isProcess = (value: unknown): value is Process<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && 'next' in value;
