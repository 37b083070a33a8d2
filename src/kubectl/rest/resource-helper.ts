import { compareStrings } from '../../apimachinery/go-format.ts';
import { patchContentTypes, type PatchType } from '../../client/client.ts';
import { resourcePath } from '../../client/resource-path.ts';
import type { Process } from '../../process/process.ts';
import { KubectlError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { metaOf, type Unstructured, withMeta } from '../object.ts';
import { StatusError } from '../../apimachinery/status-error.ts';
import type { RestMapping } from './discovery.ts';
import { type RestClient, withQuery } from './rest-client.ts';

export interface ListQuery {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly includeObject?: string;
  readonly watch?: boolean;
  readonly timeoutSeconds?: number;
}

export interface HelperOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: string;
  readonly subresource?: string;
}

/** The verbs of one resource, by path. Upstream: cli-runtime/pkg/resource/helper.go Helper (v1.36) */
export class ResourceHelper {
  readonly #rest: RestClient;
  readonly #mapping: RestMapping;
  readonly #options: HelperOptions;

  constructor(rest: RestClient, mapping: RestMapping, options: HelperOptions = {}) {
    this.#rest = rest;
    this.#mapping = mapping;
    this.#options = options;
  }

  path(namespace: string, name?: string, subresource = this.#options.subresource): string {
    if (name === '') throw new KubectlError('resource name may not be empty');
    return resourcePath(this.#mapping, { namespace, name, subresource: name === undefined ? undefined : subresource });
  }

  *get(namespace: string, name: string, headers: Readonly<Record<string, string>> = {}): Process<Unstructured> {
    return yield* this.#rest.json<Unstructured>({ path: this.path(namespace, name), headers });
  }

  *list(
    namespace: string,
    query: ListQuery = {},
    headers: Readonly<Record<string, string>> = {},
  ): Process<Unstructured> {
    return yield* this.#rest.json<Unstructured>({ path: withQuery(this.path(namespace), { ...query }), headers });
  }

  /** A resource version in the object is left out. */
  *create(namespace: string, object: Unstructured): Process<Unstructured> {
    const sent =
      object.metadata?.resourceVersion === undefined
        ? object
        : withMeta(object, { resourceVersion: undefined as never });
    return yield* this.#send('POST', this.path(namespace), sent, 'application/json');
  }

  /** `overwrite`: without a resource version in the object, the present one is taken. */
  *replace(namespace: string, name: string, object: Unstructured, overwrite = false): Process<Unstructured> {
    let sent = object;
    if (overwrite && !object.metadata?.resourceVersion) {
      try {
        const { resourceVersion } = metaOf(yield* this.get(namespace, name));
        if (resourceVersion !== undefined) sent = withMeta(object, { resourceVersion });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
    return yield* this.#send('PUT', this.path(namespace, name), sent, 'application/json');
  }

  *patch(
    namespace: string,
    name: string,
    type: PatchType,
    patch: object | string,
    options: { readonly force?: boolean } = {},
  ): Process<Unstructured> {
    const path = withQuery(this.path(namespace, name), { force: options.force });
    return yield* this.#send('PATCH', path, patch, patchContentTypes[type]);
  }

  *delete(namespace: string, name: string, options: JsonObject = {}): Process<Unstructured> {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
    const withDryRun = this.#options.dryRun ? { ...body, dryRun: ['All'] } : body;
    return yield* this.#rest.json<Unstructured>({
      method: 'DELETE',
      path: this.path(namespace, name),
      headers: { 'content-type': 'application/json' },
      body: withDryRun,
    });
  }

  *#send(method: string, path: string, body: object | string, contentType: string): Process<Unstructured> {
    const { dryRun, fieldManager, fieldValidation } = this.#options;
    return yield* this.#rest.json<Unstructured>({
      method,
      path: withQuery(path, { dryRun: dryRun ? 'All' : undefined, fieldManager, fieldValidation }),
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : (sortedCopy(body) as object),
    });
  }
}

/** Members in order of their names, as Go encodes maps: complaints of the server come in the order of the body. */
function sortedCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedCopy);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort(compareStrings);
  return Object.fromEntries(keys.map((key) => [key, sortedCopy(value[key])]));
}
