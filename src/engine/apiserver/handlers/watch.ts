/** Watches. Upstream: apiserver/pkg/endpoints/handlers/watch.go, storage/cacher (v1.36) */
import { type FieldSelector, oneTermEqualSelector } from '../../../apimachinery/fields.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newBadRequest, newResourceExpired, StatusError } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { CustomResource } from '../registry/resource-definition.ts';
import { RevisionCompactedError } from '../../store/store.ts';
import { zeroMembers } from '../codec/decode-object.ts';
import { offer, type WatchInterest, type WatchType } from '../watch/cacher.ts';
import type { HandlerScope } from './handler-scope.ts';
import { listQuery, parseResourceVersion, type ListQuery } from './list-options.ts';
import { listObjects } from './list.ts';
import { negotiate } from './media-type.ts';
import { presentationFor, type Presentation } from './presentation.ts';
import { statusOf } from './respond.ts';
import { selection } from './selection.ts';

const bookmarkPeriodMs = 60_000;
const minRequestTimeoutMs = 1_800_000;
const maxBacklog = 100_000;

/** Opens a watch. @throws StatusError when it is refused */
export function handleWatch(scope: HandlerScope): void {
  const { context, served } = scope;
  const accepted = negotiate(context.request.headers['accept'], true);
  const options = listQuery(context.query, true);
  const version = parseResourceVersion(options.resourceVersion, 500);
  const presentation = presentationFor(scope, accepted);
  const interest = selection(served.definition, options.labels, fieldsOf(context.info.name, options.fields));
  new WatchStream(scope, options, presentation, accepted.as === 'PartialObjectMetadataList').open(version, interest);
}

/** A watch of one object selects it by name. @throws StatusError BadRequest when the field selector means another */
function fieldsOf(name: string, fields: FieldSelector): FieldSelector {
  if (name === '') return fields;
  if (fields.isEmpty) return oneTermEqualSelector('metadata.name', name);
  if (fields.requiresExactMatch('metadata.name') === name) return fields;
  throw newBadRequest("fieldSelector metadata.name doesn't match requested name");
}

class WatchStream {
  readonly #scope: HandlerScope;
  readonly #options: ListQuery;
  readonly #presentation: Presentation;
  readonly #silent: boolean;
  readonly #prepare: CustomResource['prepare'];
  readonly #cancels: (() => void)[] = [];
  #ended = false;
  #revision = 0;
  #began = 0;
  #first = true;
  readonly #unconverted: { readonly type: WatchType; readonly object: KubernetesObject; readonly revision: number }[] =
    [];

  constructor(scope: HandlerScope, options: ListQuery, presentation: Presentation, silent: boolean) {
    this.#scope = scope;
    this.#options = options;
    this.#presentation = presentation;
    this.#silent = silent;
    this.#prepare = scope.served.definition.custom?.prepare;
  }

  open(version: number | undefined, chosen: ReturnType<typeof selection>): void {
    const { context, exchange, served, services } = this.#scope;
    const { store: storage } = services;
    exchange.head({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    });
    exchange.onAbort(() => this.#end());
    const now = storage.revision;
    const interest: WatchInterest = {
      namespace: served.definition.namespaced ? context.info.namespace : '',
      name: chosen.name,
      nodeName: chosen.nodeName,
      wantsAll: chosen.empty,
      matches: chosen.matches,
      deliver: (type, object, revision) => this.#deliver(type, object, revision),
    };
    this.#revision = now;
    this.#began = now;
    const initial = this.#options.sendInitialEvents ?? (version === undefined || version === 0);
    if (initial) this.#sendInitial();
    else if (version !== undefined && version > 0 && version < now && !this.#replay(version, interest)) return;
    const after = version !== undefined && version > now ? version : now;
    this.#cancels.push(served.store.cacher.add(interest, after));
    this.#startTimers();
  }

  #sendInitial(): void {
    const { services } = this.#scope;
    const plain = { ...this.#options, resourceVersion: '', resourceVersionMatch: '', limit: 0, continue: '' };
    const { items } = listObjects(this.#scope, {
      ...plain,
      fields: fieldsOf(this.#scope.context.info.name, plain.fields),
    });
    for (const item of items) this.#deliver('ADDED', item, services.store.revision);
    if (this.#options.sendInitialEvents && this.#options.allowWatchBookmarks) this.#bookmark(true);
  }

  /** Sends what happened since a version; gives whether it is still known. */
  #replay(version: number, interest: WatchInterest): boolean {
    const { exchange, services, served } = this.#scope;
    try {
      for (const event of services.store.changes(served.store.prefix, version)) offer(interest, event);
      return true;
    } catch (error) {
      if (!(error instanceof RevisionCompactedError)) throw error;
      const expired = newResourceExpired(`too old resource version: ${version} (${error.compactedRevision})`);
      exchange.frame({ type: 'ERROR', object: statusOf(expired) });
      this.#end();
      exchange.end();
      return false;
    }
  }

  /** Objects that a webhook has to convert first are sent in their order, each when it is converted. */
  #deliver(type: WatchType, object: KubernetesObject, revision: number): void {
    const prepare = this.#prepare;
    if (!prepare || this.#silent) return this.#send(type, object, revision);
    this.#unconverted.push({ type, object, revision });
    if (this.#unconverted.length > 1) return;
    const task = this.#scope.services.sim.spawn(this.#sendConverted(prepare), 'convert watch events');
    this.#cancels.push(() => task.kill());
  }

  *#sendConverted(prepare: NonNullable<CustomResource['prepare']>): Process<void> {
    for (let [first] = this.#unconverted; first; [first] = this.#unconverted) {
      try {
        yield* prepare([first.object]);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        this.#scope.exchange.frame({ type: 'ERROR', object: statusOf(error) });
        this.#end();
        this.#scope.exchange.end();
        return;
      }
      this.#send(first.type, first.object, first.revision);
      this.#unconverted.shift();
    }
  }

  #send(type: WatchType, object: KubernetesObject, revision: number): void {
    if (this.#ended) return;
    const { exchange, services } = this.#scope;
    this.#revision = revision;
    if (this.#silent) return;
    if (exchange.backlog > maxBacklog) {
      this.#end();
      exchange.end();
      return;
    }
    const presentation = this.#presentation;
    if (presentation.hasColumns) {
      exchange.frame(this.#withoutColumns(services.watchFrames.frame(type, object, presentation)));
    } else if (exchange.body) exchange.frame(services.watchFrames.text(type, object, presentation));
    else exchange.frame(services.watchFrames.frame(type, object, presentation));
  }

  /** Only the first Table of a watch carries its columns. */
  #withoutColumns(frame: object): object {
    if (this.#first) {
      this.#first = false;
      return frame;
    }
    const { type, object } = frame as { readonly type: string; readonly object: object };
    return { type, object: { ...object, columnDefinitions: null } };
  }

  #bookmark(initialEventsEnd: boolean): void {
    if (this.#ended || this.#silent) return;
    const { exchange, served } = this.#scope;
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const bookmark: KubernetesObject = {
      kind: served.definition.kind,
      apiVersion: served.apiVersion,
      metadata: { resourceVersion: String(this.#revision), ...annotations },
    };
    const whole = { ...bookmark, ...zeroMembers(served.schema) };
    exchange.frame({ type: 'BOOKMARK', object: this.#presentation.bookmark?.(whole) ?? whole });
  }

  #startTimers(): void {
    const { services, exchange, context } = this.#scope;
    const { sim } = services;
    // A fork of its own for each request: a watch more must not shift the names that others get.
    const spread = services.names.fork(`watch/${context.user.username}/${context.request.path}`).float();
    const { timeoutSeconds, allowWatchBookmarks } = this.#options;
    const timeoutMs =
      timeoutSeconds !== undefined && timeoutSeconds > 0 ? timeoutSeconds * 1000 : minRequestTimeoutMs * (1 + spread);
    const background = { background: true };
    sim.withCause(undefined, () => {
      if (allowWatchBookmarks) {
        const tick = () => {
          this.#revision = Math.max(this.#revision, services.store.revision);
          this.#bookmark(false);
          next = sim.setTimer(bookmarkPeriodMs, tick, background);
        };
        let next = sim.setTimer(bookmarkPeriodMs, tick, background);
        this.#cancels.push(() => next());
        if (timeoutMs > 2000) {
          this.#cancels.push(sim.setTimer(Math.max(0, timeoutMs - 2000), () => this.#lastBookmark(), background));
        }
      }
      const expire = () => {
        this.#end();
        exchange.end();
      };
      this.#cancels.push(sim.setTimer(timeoutMs, expire, background));
    });
  }

  /** Tells the last version before the end, if the resource has changed since the beginning. */
  #lastBookmark(): void {
    if (this.#scope.served.store.cacher.delivered <= this.#began) return;
    this.#revision = Math.max(this.#revision, this.#scope.services.store.revision);
    this.#bookmark(false);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}
