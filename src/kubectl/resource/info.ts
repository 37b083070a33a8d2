import { gvkOf } from '../../apimachinery/resource-ref.ts';
import { StatusError, isNotFound } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import type { Factory } from '../factory.ts';
import { KubectlError } from '../errors.ts';
import { metaOf, type Unstructured, withNamespace } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import type { HelperOptions, ResourceHelper } from '../rest/resource-helper.ts';

/** One thing a command works on. Upstream: cli-runtime/pkg/resource/visitor.go Info (v1.36) */
export class Info {
  readonly factory: Factory;
  /** Undefined for local work. */
  readonly mapping: RestMapping | undefined;
  namespace: string;
  name: string;
  /** The file it came from; `STDIN`; empty for what came from the server. */
  readonly source: string;
  readonly subresource: string;
  readonly headers: Readonly<Record<string, string>>;
  #object: Unstructured | undefined;

  constructor(
    factory: Factory,
    parts: {
      readonly mapping: RestMapping | undefined;
      readonly namespace: string;
      readonly name: string;
      readonly source?: string;
      readonly subresource?: string;
      readonly object?: Unstructured | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {
    this.factory = factory;
    this.mapping = parts.mapping;
    this.namespace = parts.namespace;
    this.name = parts.name;
    this.source = parts.source ?? '';
    this.subresource = parts.subresource ?? '';
    this.headers = parts.headers ?? {};
    this.#object = parts.object;
  }

  get hasObject(): boolean {
    return this.#object !== undefined;
  }
  get object(): Unstructured {
    if (this.#object === undefined) throw new KubectlError(`object ${this.name} has not been read`);
    return this.#object;
  }
  set object(object: Unstructured) {
    this.#object = object;
  }

  /** The mapping. @throws KubectlError for local work */
  get served(): RestMapping {
    if (this.mapping === undefined) throw new KubectlError('local operation only');
    return this.mapping;
  }

  get isNamespaced(): boolean {
    return this.mapping === undefined ? this.namespace !== '' : this.mapping.namespaced;
  }

  helper(options: HelperOptions = {}): ResourceHelper {
    const subresource = options.subresource ?? this.subresource;
    return this.factory.helper(this.served, subresource === '' ? options : { ...options, subresource });
  }

  /** Takes over an object and its names. */
  refresh(object: Unstructured): void {
    const { name, namespace } = metaOf(object);
    this.#object = object;
    if (name !== undefined) this.name = name;
    this.namespace = namespace ?? '';
  }

  setNamespace(namespace: string): void {
    this.namespace = namespace;
    if (this.#object) this.#object = withNamespace(this.#object, namespace);
  }

  /** Reads it from the server. A missing namespace is told before a missing object. @throws StatusError */
  *get(): Process<void> {
    try {
      this.#object = yield* this.helper().get(this.namespace, this.name, this.headers);
    } catch (error) {
      if (isNotFound(error) && this.namespace !== '' && this.namespace !== 'default') {
        try {
          yield* this.factory.rest.json({ path: `/api/v1/namespaces/${encodeURIComponent(this.namespace)}` });
        } catch (second) {
          if (second instanceof StatusError && isNotFound(second)) throw second;
        }
      }
      throw error;
    }
  }

  /** `deployments/web`. */
  get objectName(): string {
    if (this.mapping !== undefined) return `${this.mapping.resource}/${this.name}`;
    const { group, kind } = gvkOf(this.object);
    return group === '' ? `${kind.toLowerCase()}/${this.name}` : `${kind.toLowerCase()}.${group}/${this.name}\n`;
  }

  /** How apply's errors show it. */
  toString(): string {
    const basic = `Name: ${JSON.stringify(this.name)}, Namespace: ${JSON.stringify(this.namespace)}`;
    if (this.mapping === undefined) return basic;
    const { group, version, resource, kind } = this.mapping;
    return `Resource: "${group}/${version}, Resource=${resource}", GroupVersionKind: "${group}/${version}, Kind=${kind}"\n${basic}`;
  }
}
