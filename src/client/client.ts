/**
 * A Kubernetes client over any transport, as processes: `const pod = yield* client.resource(pods, 'default').get('a')`.
 *
 * The engine's components run it in virtual time over the loopback; the page and the command line run the same code with the
 * promise driver over a MessagePort or HTTP. Nothing is cached and nothing retried here.
 */
import type { KubernetesObject, ListObject } from '../apimachinery/object-meta.ts';
import type { ResourceRef } from '../apimachinery/resource-ref.ts';
import type { Process } from '../process/process.ts';
import type { ApiRequest, Call, Frame, Receiver, Transport } from '../protocol/rest.ts';
import { answerOf, requestOnce } from './request.ts';
import { resourcePath } from './resource-path.ts';

export type QueryValue = string | number | boolean | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

export interface WriteOptions {
  readonly dryRun?: 'All';
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly 'All'[];
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const typed = (contentType: string) => Object.freeze({ 'content-type': contentType });
const jsonHeaders = typed('application/json');
const patchHeaders: Readonly<Record<PatchType, Readonly<Record<string, string>>>> = {
  json: typed(patchContentTypes.json),
  merge: typed(patchContentTypes.merge),
  strategic: typed(patchContentTypes.strategic),
  apply: typed(patchContentTypes.apply),
};

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** The object; a metav1.Status when the type is ERROR. */
  readonly object: T;
}

/** Hears of a watch's events in order, as they are delivered. */
export interface WatchHandlers<T> {
  event(event: WatchEvent<T>): void;
  /** The server ended the watch, or the connection broke (`error`), or the request was refused (a StatusError). */
  end(error?: Error): void;
}

export class Client {
  readonly transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #always: Readonly<Record<string, string>>;
  readonly #joined = new WeakMap<object, Readonly<Record<string, string>>>();

  /** `headers` go with every request (user-agent, authorization, impersonation), names in lower case. */
  constructor(transport: Transport, headers: Readonly<Record<string, string>> = {}) {
    this.transport = transport;
    this.#headers = headers;
    this.#always = { accept: 'application/json', ...headers };
  }

  /** A client that adds headers to these. */
  withHeaders(headers: Readonly<Record<string, string>>): Client {
    return new Client(this.transport, { ...this.#headers, ...headers });
  }

  /** One resource: in a namespace, or (no namespace) cluster-wide. */
  resource<T extends KubernetesObject>(ref: ResourceRef<T>, namespace?: string): ResourceClient<T> {
    return new ResourceClient(this, ref, namespace);
  }

  /** One request, its whole answer. Does not throw for error statuses. */
  raw(request: Partial<ApiRequest> & { readonly path: string }): Process<RawAnswer> {
    return requestOnce(this.transport, this.complete(request));
  }

  /** One request, its answer's body as an object. @throws StatusError */
  *json<T>(request: Partial<ApiRequest> & { readonly path: string }): Process<T> {
    return answerOf<T>(yield* this.raw(request));
  }

  /** One request, its frames as they come. */
  stream(request: Partial<ApiRequest> & { readonly path: string }, receiver: Receiver): Call {
    return this.transport.request(this.complete(request), receiver);
  }

  /** Those that are said again and again are frozen, and joined once. */
  #withAlways(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const known = this.#joined.get(headers);
    if (known) return known;
    const joined = Object.assign({}, this.#always, headers);
    if (Object.isFrozen(headers)) this.#joined.set(headers, Object.freeze(joined));
    return joined;
  }

  complete(request: Partial<ApiRequest> & { readonly path: string }): ApiRequest {
    const { method = 'GET', path, body, peer, upgrade } = request;
    const headers = request.headers ? this.#withAlways(request.headers) : this.#always;
    if (peer || upgrade) return Object.assign({ method, path, headers }, request, { headers });
    return body === undefined ? { method, path, headers } : { method, path, headers, body };
  }
}

/** A whole answer. `body`: an object when the server sent JSON or an object; else text. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: readonly Frame[];
}

/** The verbs of one resource. All throw StatusError. */
export class ResourceClient<T extends KubernetesObject> {
  readonly client: Client;
  readonly ref: ResourceRef<T>;
  readonly namespace: string | undefined;

  constructor(client: Client, ref: ResourceRef<T>, namespace: string | undefined) {
    this.client = client;
    this.ref = ref;
    this.namespace = namespace;
  }

  get(name: string, options: { readonly resourceVersion?: string } = {}): Process<T> {
    return this.client.json<T>({ path: this.#path(name, undefined, { ...options }) });
  }
  list(options: ListOptions = {}): Process<ListObject<T>> {
    return this.client.json<ListObject<T>>({ path: this.#path(undefined, undefined, { ...options }) });
  }
  create(object: T, options: WriteOptions = {}): Process<T> {
    return this.#write('POST', this.#path(undefined, undefined, { ...options }), object);
  }
  update(object: T, options: WriteOptions & { readonly subresource?: string } = {}): Process<T> {
    const { subresource, ...query } = options;
    return this.#write('PUT', this.#path(object.metadata.name, subresource, query), object);
  }
  updateStatus(object: T, options: WriteOptions = {}): Process<T> {
    return this.update(object, { ...options, subresource: 'status' });
  }
  /** `subresource`: `status`, `scale` … */
  patch(
    name: string,
    type: PatchType,
    patch: object,
    options: WriteOptions & { readonly force?: boolean; readonly subresource?: string } = {},
  ): Process<T> {
    const { subresource, ...query } = options;
    return this.client.json<T>({
      method: 'PATCH',
      path: this.#path(name, subresource, query),
      headers: patchHeaders[type],
      body: patch,
    });
  }
  apply(
    object: T,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean; readonly subresource?: string },
  ): Process<T> {
    return this.patch(object.metadata.name ?? '', 'apply', object, options);
  }
  /** Gives the object when it still exists (grace period, finalizers), else a metav1.Status. */
  delete(name: string, options: DeleteOptions = {}): Process<unknown> {
    return this.client.json({ method: 'DELETE', path: this.#path(name), ...deleteBody(options) });
  }
  deleteCollection(list: ListOptions = {}, options: DeleteOptions = {}): Process<unknown> {
    return this.client.json({
      method: 'DELETE',
      path: this.#path(undefined, undefined, { ...list }),
      ...deleteBody(options),
    });
  }
  /** GET of a subresource (`scale`, `log` …). */
  getSubresource<S>(name: string, subresource: string, query: Query = {}): Process<S> {
    return this.client.json<S>({ path: this.#path(name, subresource, query) });
  }
  /** POST to a subresource (`binding`, `eviction`, `token` …). */
  createSubresource<S>(name: string, subresource: string, body: object, query: Query = {}): Process<S> {
    return this.#write('POST', this.#path(name, subresource, query), body);
  }
  updateSubresource<S>(name: string, subresource: string, body: object, query: Query = {}): Process<S> {
    return this.#write('PUT', this.#path(name, subresource, query), body);
  }
  /** Opens a watch. The handlers hear nothing after `abort`. */
  watch(options: WatchOptions, handlers: WatchHandlers<T>): Call {
    return openWatch(this.client, this.#path(undefined, undefined, { ...options, watch: true }), handlers);
  }

  #path(name?: string, subresource?: string, query?: Query): string {
    return resourcePath(this.ref, { namespace: this.namespace, name, subresource, query });
  }
  #write<R>(method: string, path: string, body: object): Process<R> {
    return this.client.json<R>({ method, path, body, headers: jsonHeaders });
  }
}

const deleteBody = (options: DeleteOptions): Partial<ApiRequest> =>
  Object.keys(options).length === 0
    ? {}
    : {
        body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options },
        headers: jsonHeaders,
      };

function openWatch<T>(client: Client, path: string, handlers: WatchHandlers<T>): Call {
  let status = 0;
  const frames: Frame[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  const take = (frame: Frame) => {
    if (typeof frame === 'object' && !(frame instanceof Uint8Array)) return handlers.event(frame as WatchEvent<T>);
    rest += typeof frame === 'string' ? frame : decoder.decode(frame, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) handlers.event(JSON.parse(line) as WatchEvent<T>);
  };
  return client.stream(
    { path },
    {
      head: (head) => {
        status = head.status;
      },
      frame: (frame) => {
        if (status === 200) take(frame);
        else frames.push(frame);
      },
      end: () => {
        if (status === 200) return handlers.end();
        try {
          answerOf({ status, headers: {}, frames });
          handlers.end();
        } catch (error) {
          handlers.end(error as Error);
        }
      },
      fail: (error) => handlers.end(error),
    },
  );
}
