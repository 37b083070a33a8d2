/** Every resource the server knows, by group, version and name; custom ones come and go. */
import { schemaFor } from '../../api/schema.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { parseGroupVersion } from '../../apimachinery/resource-ref.ts';
import type { ObjectNode } from '../../apimachinery/schema-node.ts';
import { PairMap } from './pair-map.ts';
import { ResourceStore } from './generic/resource-store.ts';
import type { ServerServices } from './generic/server-services.ts';
import type { VersionConverter } from './managed-fields/tracker.ts';
import type { ResourceDefinition } from './registry/resource-definition.ts';
import type { ObjectReader } from './registry/strategy-context.ts';
import { serveResource, type ServedResource } from './served-resource.ts';

/** A kind that is answered but never stored. */
function unserved(
  object: KubernetesObject,
  apiVersion: string,
): { value: KubernetesObject; schema: ObjectNode } | undefined {
  const gv = parseGroupVersion(apiVersion);
  const schema = gv && schemaFor({ ...gv, kind: object.kind ?? '' });
  return schema && object.apiVersion === apiVersion ? { value: object, schema } : undefined;
}

/** A group and version that another server serves. */
export interface RemoteVersion {
  readonly group: string;
  readonly version: string;
  readonly groupPriority: number;
  readonly versionPriority: number;
  /** The other server cannot be asked at present. */
  readonly isStale: boolean;
  /** As aggregated discovery tells them, when known. */
  readonly resources?: readonly object[];
}

export class ResourceRegistry implements ObjectReader, VersionConverter {
  readonly #served = new Map<string, ServedResource>();
  /** By apiVersion and kind. */
  readonly #kinds = new PairMap<ServedResource>();
  /** By group and resource. */
  readonly #stores = new PairMap<ResourceStore>();
  /** What was listed whole and has not changed since, by the stores' prefixes. */
  readonly #lists = new Map<string, readonly KubernetesObject[]>();
  /** Documents made of the definitions that are served now, by name. */
  readonly #derived = new Map<string, object | undefined>();
  #services: ServerServices | undefined;
  #remoteVersions: () => readonly RemoteVersion[] = () => [];

  /** Must be called once before anything is added: the services refer to this registry. */
  start(services: ServerServices): void {
    this.#services = services;
    services.store.onCommit(({ key }) => {
      if (this.#lists.size > 0) this.#lists.delete(key.slice(0, key.indexOf('/', key.indexOf('/') + 1) + 1));
    });
  }

  add(definition: ResourceDefinition): ServedResource {
    const services = this.#services;
    if (!services) throw new Error('the registry has not been started');
    const schema = definition.schema ?? schemaFor(definition);
    if (!schema) throw new Error(`no schema for ${definition.group}/${definition.version} ${definition.kind}`);
    const at = definition.storedAs ?? definition;
    let store = this.#stores.get(at.group, at.resource);
    if (!store) {
      if (definition.storedAs)
        throw new Error(
          `${at.group}/${at.resource} must be added before ${definition.resource} of ${definition.group}`,
        );
      this.#stores.set(at.group, at.resource, (store = new ResourceStore(services, definition, schema)));
    }
    const served = serveResource(definition, schema, store);
    this.#served.set(`${definition.group}/${definition.version}/${definition.resource}`, served);
    this.#kinds.set(served.apiVersion, definition.kind, served);
    this.#derived.clear();
    return served;
  }

  /** What follows from the definitions that are served: made when first asked for, until one comes, changes or goes. */
  derived<T extends object | undefined>(name: string, make: () => T): T {
    if (!this.#derived.has(name)) this.#derived.set(name, make());
    return this.#derived.get(name) as T;
  }

  /** Adds a definition in place of the one of the same name; its objects stay. */
  replace(definition: ResourceDefinition): void {
    const at = definition.storedAs ?? definition;
    const store = this.#stores.get(at.group, at.resource);
    if (store && definition.schema && !definition.storedAs) store.redefine(definition, definition.schema);
    if (definition.custom?.served === false) {
      if (!store && definition.schema && this.#services) {
        const made = new ResourceStore(this.#services, definition, definition.schema);
        this.#stores.set(at.group, at.resource, made);
      }
      return;
    }
    this.add(definition);
  }

  remove(group: string, version: string, resource: string): void {
    const served = this.find(group, version, resource);
    if (served) this.#kinds.delete(served.apiVersion, served.definition.kind);
    this.#derived.clear();
    this.#served.delete(`${group}/${version}/${resource}`);
  }

  /** Forgets the store of a custom resource. */
  dropStore(group: string, resource: string): void {
    this.#stores.get(group, resource)?.cacher.stop();
    this.#stores.delete(group, resource);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#served.get(`${group}/${version}/${resource}`);
  }

  /** Versions that are served elsewhere (aggregated APIs). */
  extraVersions(): readonly RemoteVersion[] {
    return this.#remoteVersions();
  }

  /** Says where to learn of versions that are served elsewhere. */
  followRemoteVersions(versions: () => readonly RemoteVersion[]): void {
    this.#remoteVersions = versions;
  }

  /** Whether any resource is served in a group and version. */
  hasGroupVersion(group: string, version: string): boolean {
    for (const { definition } of this.#served.values()) {
      if (definition.group === group && definition.version === version) return true;
    }
    return false;
  }

  /** Whether any resource is served in a group. */
  hasGroup(group: string): boolean {
    for (const { definition } of this.#served.values()) if (definition.group === group) return true;
    return false;
  }

  /** Whether the server itself serves a group, in whatever version: one that custom resources alone make does not count. */
  hasOwnGroup(group: string): boolean {
    for (const { definition } of this.#served.values()) {
      if (definition.group === group && !definition.custom) return true;
    }
    return false;
  }

  /** All served resources, in the order they were added. */
  all(): readonly ServedResource[] {
    return [...this.#served.values()];
  }

  /** The served resource of a kind. */
  ofKind(group: string, version: string, kind: string): ServedResource | undefined {
    return this.#byKind(group === '' ? version : `${group}/${version}`, kind);
  }

  definitionOfKind(group: string, version: string, kind: string): ResourceDefinition | undefined {
    return this.ofKind(group, version, kind)?.definition;
  }

  convert(
    object: KubernetesObject,
    apiVersion: string,
  ): { value: KubernetesObject; schema: ObjectNode; isUnchecked?: boolean } | undefined {
    const to = this.#byKind(apiVersion, object.kind ?? '');
    if (!to) return unserved(object, apiVersion);
    const { schema } = to;
    if (object.apiVersion === apiVersion) return { value: object, schema };
    const from = this.#byKind(object.apiVersion ?? '', object.kind ?? '');
    if (!from) return { value: object, schema };
    // Between versions of a custom kind nothing is pruned here: what one of them does not know is seen as unknown.
    if (to.definition.custom) return { value: { ...object, apiVersion }, schema, isUnchecked: true };
    return { value: to.fromStorage(from.toStorage(object)), schema };
  }

  /** Definitions of the same objects in other versions and groups. */
  equivalents(definition: ResourceDefinition): readonly ResourceDefinition[] {
    const at = definition.storedAs ?? definition;
    const others: ResourceDefinition[] = [];
    for (const { definition: other } of this.#served.values()) {
      const { group, resource } = other.storedAs ?? other;
      if (other !== definition && group === at.group && resource === at.resource) others.push(other);
    }
    return others;
  }

  #byKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#kinds.get(apiVersion, kind);
  }

  store(group: string, resource: string): ResourceStore | undefined {
    return this.#stores.get(group, resource);
  }

  stores(): readonly ResourceStore[] {
    return [...this.#stores.values()];
  }

  get<T extends KubernetesObject>(group: string, resource: string, namespace: string, name: string): T | undefined {
    return this.store(group, resource)?.entry(namespace, name)?.value as T | undefined;
  }

  list<T extends KubernetesObject>(group: string, resource: string, namespace = ''): readonly T[] {
    const store = this.store(group, resource);
    if (!store) return [];
    const whole = this.#lists.get(store.prefix);
    if (namespace !== '') {
      return (whole?.length === 0 ? whole : store.all(namespace)) as readonly T[];
    }
    if (whole) return whole as readonly T[];
    const listed = store.all();
    this.#lists.set(store.prefix, listed);
    return listed as readonly T[];
  }
}
