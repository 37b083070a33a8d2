import type * as corev1 from '../../api/core/v1.ts';
import { configMaps, secrets } from '../../api/resources.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import { isNotFound, StatusError } from '../../apimachinery/status-error.ts';
import type { Client } from '../../client/client.ts';
import type { Process } from '../../process/process.ts';

/** A ConfigMap or Secret that is not there. */
export class ConfigNotFoundError extends Error {
  override readonly name = 'ConfigNotFoundError';
}

const freshMs = 1_000;

/**
 * ConfigMaps and Secrets for pods of a node: read when they are needed; pods that start together share one read.
 *
 * Differs: upstream watches each one that a pod names; here a pod's sync reads, which tells of changes at the same time.
 */
export class ConfigSource {
  readonly #client: Client;
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly object: KubernetesObject | undefined; readonly atMs: number }>();

  constructor(client: Client, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** @throws ConfigNotFoundError `configmap "x" not found` */
  configMap(namespace: string, name: string): Process<corev1.ConfigMap> {
    return this.#get(configMaps, 'configmap', namespace, name);
  }

  /** @throws ConfigNotFoundError `secret "x" not found` */
  secret(namespace: string, name: string): Process<corev1.Secret> {
    return this.#get(secrets, 'secret', namespace, name);
  }

  *#get<T extends KubernetesObject>(ref: ResourceRef<T>, kind: string, namespace: string, name: string): Process<T> {
    const key = `${kind}/${namespace}/${name}`;
    const known = this.#cache.get(key);
    let object = known && this.#now() - known.atMs < freshMs ? (known.object as T | undefined) : undefined;
    if (!known || this.#now() - known.atMs >= freshMs) {
      object = yield* this.#read(ref, namespace, name);
      this.#remember(key, object);
    }
    if (object) return object;
    throw new ConfigNotFoundError(`${kind} "${name}" not found`);
  }

  *#read<T extends KubernetesObject>(ref: ResourceRef<T>, namespace: string, name: string): Process<T | undefined> {
    try {
      return yield* this.#client.resource(ref, namespace).get(name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (error instanceof StatusError) throw new Error(error.message, { cause: error });
      throw error;
    }
  }

  #remember(key: string, object: KubernetesObject | undefined): void {
    const now = this.#now();
    if (this.#cache.size > 200) {
      for (const [other, { atMs }] of this.#cache) if (now - atMs >= freshMs) this.#cache.delete(other);
    }
    this.#cache.set(key, { object, atMs: now });
  }
}
