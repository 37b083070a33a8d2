/**
 * Keeps the server's custom resources in step with the CustomResourceDefinitions: accepts their names, establishes them, serves them, and
 * removes their objects when a definition goes. Started by the API server itself; needs no controller manager.
 * Upstream: apiextensions-apiserver/pkg/controller/{status,establish,finalizer}, pkg/apiserver/customresource_handler.go (v1.36)
 */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { Process } from '../../../process/process.ts';
import { sleep } from '../../../process/process.ts';
import type { Random } from '../../sim/random.ts';
import type { StoreWatch } from '../../store/store.ts';
import type { WebhookServer } from '../admission/webhooks/client.ts';
import { asDraft } from '../generic/operation.ts';
import { applyOwnStatus, ownOperation } from '../own-controllers/apply-status.ts';
import type { ServerAccess } from '../server-access.ts';
import { customDefinitions } from './custom-definition.ts';
import { calculateNames, isConditionTrue, setCondition } from './names.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;

const group = 'apiextensions.k8s.io';
const resource = 'customresourcedefinitions';
const prefix = `${group}/${resource}/`;
const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';
const retryMs = 1000;

interface Served {
  readonly revision: string;
  readonly versions: readonly { readonly group: string; readonly version: string; readonly resource: string }[];
}

/** Follows the CustomResourceDefinitions and serves what they define. */
export class CustomResources {
  readonly #server: ServerAccess;
  #uids: Random | undefined;
  readonly #served = new Map<string, Served>();
  readonly #finalizing = new Set<string>();
  #watch: StoreWatch | undefined;

  constructor(server: ServerAccess) {
    this.#server = server;
  }

  /** What conversion webhooks need; the server is not whole yet when this is constructed. */
  #webhookServer(): WebhookServer {
    const { resources, services, sim } = this.#server;
    this.#uids ??= sim.random.fork('apiserver/conversion');
    const uids = this.#uids;
    return { objects: resources, serviceResolver: () => services.serviceResolver, uid: () => uids.uid() };
  }

  start(): void {
    const { store } = this.#server;
    for (const crd of this.#all()) this.#sync(crd);
    this.#watch = store.watch(prefix, store.revision, (events) => {
      for (const { type, value } of events) {
        this.#server.sim.withCause(undefined, () => {
          if (type === 'delete') this.#gone(value as Definition);
        });
      }
      for (const name of new Set(events.map(({ value }) => value.metadata.name ?? ''))) {
        const crd = this.#server.resources.get<Definition>(group, resource, '', name);
        if (crd) this.#sync(crd);
      }
    });
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #all(): readonly Definition[] {
    return this.#server.resources.list<Definition>(group, resource);
  }

  #sync(crd: Definition): void {
    if (crd.metadata.deletionTimestamp !== undefined) return this.#finalize(crd);
    if (this.#acceptNames(crd) || this.#establish(crd)) return;
    if (isConditionTrue(crd, 'Established')) this.#serve(crd);
  }

  /** Settles the names; gives whether the definition was written. */
  #acceptNames(crd: Definition): boolean {
    const verdict = calculateNames(crd, this.#all());
    const now = this.#server.services.now();
    const { accepted, reason, message } = verdict;
    let conditions = setCondition(
      crd.status?.conditions ?? [],
      { type: 'NamesAccepted', status: accepted ? 'True' : 'False', reason, message },
      now,
    );
    if (!isConditionTrue(crd, 'Established')) {
      const why = accepted
        ? { reason: 'Installing', message: 'the initial names have been accepted' }
        : { reason: 'NotAccepted', message: 'not all names are accepted' };
      conditions = setCondition(conditions, { type: 'Established', status: 'False', ...why }, now);
    }
    return this.#setStatus(crd, { conditions, acceptedNames: verdict.acceptedNames });
  }

  #establish(crd: Definition): boolean {
    if (!isConditionTrue(crd, 'NamesAccepted') || isConditionTrue(crd, 'Established')) return false;
    const established = {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    };
    const conditions = setCondition(crd.status?.conditions ?? [], established, this.#server.services.now());
    return this.#setStatus(crd, { conditions });
  }

  #setStatus(crd: Definition, change: Partial<apiextensionsv1.CustomResourceDefinitionStatus>): boolean {
    const storedVersions = crd.status?.storedVersions ?? [];
    const status = { ...crd.status, ...change, storedVersions };
    if (deepEqual(status, crd.status)) return false;
    const name = crd.metadata.name ?? '';
    applyOwnStatus(this.#server, { group, resource, name, manager: 'kube-apiserver', operation: 'Update' }, status);
    return true;
  }

  #serve(crd: Definition): void {
    const { resources } = this.#server;
    const name = crd.metadata.name ?? '';
    const revision = JSON.stringify([crd.metadata.generation, crd.status?.acceptedNames]);
    if (this.#served.get(name)?.revision === revision) return;
    this.#withdraw(name);
    const definitions = customDefinitions(crd, this.#webhookServer());
    for (const definition of definitions) resources.replace(definition);
    const versions = definitions.map(({ group: g, version, resource: r }) => ({ group: g, version, resource: r }));
    this.#served.set(name, { revision, versions });
  }

  #withdraw(name: string): void {
    const served = this.#served.get(name);
    this.#served.delete(name);
    for (const { group: g, version, resource: r } of served?.versions ?? [])
      this.#server.resources.remove(g, version, r);
  }

  #gone(crd: Definition): void {
    const name = crd.metadata.name ?? '';
    this.#withdraw(name);
    this.#finalizing.delete(name);
    this.#server.resources.dropStore(crd.spec.group, crd.spec.names.plural);
    for (const other of this.#all()) if (other.spec.group === crd.spec.group) this.#sync(other);
  }

  #finalize(crd: Definition): void {
    const name = crd.metadata.name ?? '';
    if (this.#finalizing.has(name) || !crd.metadata.finalizers?.includes(cleanupFinalizer)) return;
    this.#finalizing.add(name);
    this.#server.sim.spawn(this.#cleanUp(name), `clean up ${name}`);
  }

  *#cleanUp(name: string): Process<void> {
    const { resources, services } = this.#server;
    const current = () => resources.get<Definition>(group, resource, '', name);
    const condition = (status: 'True' | 'False', reason: string, message: string) => {
      const crd = current();
      if (!crd) return;
      const conditions = setCondition(
        crd.status?.conditions ?? [],
        { type: 'Terminating', status, reason, message },
        services.now(),
      );
      this.#setStatus(crd, { conditions });
    };
    condition('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
    const crd = current();
    const store = crd && resources.store(crd.spec.group, crd.spec.names.plural);
    const mine = crd && isConditionTrue(crd, 'Established');
    while (store && mine) {
      const operation = { ...ownOperation('kube-apiserver', '', ''), method: 'DELETE' };
      for (const { metadata } of store.all()) {
        if (metadata.deletionTimestamp !== undefined) continue;
        yield* store.delete(
          metadata.namespace ?? '',
          metadata.name ?? '',
          {},
          { ...operation, namespace: metadata.namespace ?? '' },
        );
      }
      if (store.all().length === 0) break;
      yield* sleep(retryMs);
    }
    condition('False', 'InstanceDeletionCompleted', 'removed all instances');
    const crds = resources.store(group, resource);
    if (!crds || !current()) return;
    yield* crds.update('', name, ownOperation('kube-apiserver', `${group}/v1`, ''), {
      transform: (live) => {
        const finalizers = (live?.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer);
        const metadata = { ...live?.metadata, finalizers };
        return asDraft({ ...live, metadata });
      },
      strategy: {},
    });
  }
}
