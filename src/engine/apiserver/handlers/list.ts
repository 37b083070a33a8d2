/** Lists: of now, of an exact version, in pages. Upstream: apiserver/pkg/storage/etcd3/store.go GetList (v1.36) */
import type { KubernetesObject, ListMeta } from '../../../apimachinery/object-meta.ts';
import {
  newBadRequest,
  newResourceExpired,
  newStatusError,
  newTimeout,
  statusErrorFromObject,
} from '../../../apimachinery/status-error.ts';
import { type Entry, RevisionCompactedError } from '../../store/store.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { HandlerScope } from './handler-scope.ts';
import { listQuery, parseResourceVersion, type ListQuery } from './list-options.ts';
import { negotiate } from './media-type.ts';
import { presentationFor } from './presentation.ts';
import { reply, replyPieces, takesText } from './respond.ts';
import { selection, type Selection } from './selection.ts';

/** What a list found. */
export interface ListResult {
  readonly items: readonly KubernetesObject[];
  readonly metadata: ListMeta;
}

/** Answers a list. @throws StatusError */
export function handleList(scope: HandlerScope): void {
  const { context, exchange } = scope;
  const accepted = negotiate(context.request.headers['accept']);
  const options = listQuery(context.query, false);
  const found = listObjects(scope, options);
  const presentation = presentationFor(scope, accepted);
  if (takesText(exchange, context)) replyPieces(exchange, context, presentation.pieces(found.items, found.metadata));
  else reply(exchange, context, 200, presentation.list(found.items, found.metadata));
}

/** Finds what a list asks for. @throws StatusError */
export function listObjects(scope: HandlerScope, options: ListQuery): ListResult {
  const { context, served, services } = scope;
  const { store, definition } = served;
  const { store: storage } = services;
  const namespace = definition.namespaced ? context.info.namespace : '';
  const chosen = selection(definition, options.labels, options.fields);
  if (definition.computed) return { items: definition.computed.filter(chosen.matches), metadata: {} };
  const prefix = namespace === '' ? store.prefix : `${store.prefix}${namespace}/`;
  const version = parseResourceVersion(options.resourceVersion, 400, 'invalid resource version: ');
  const limit = options.resourceVersion === '0' ? 0 : Math.max(0, options.limit);
  if (options.continue !== '') {
    if (version !== undefined && version !== 0) {
      throw newBadRequest('specifying resource version is not allowed when using continue');
    }
    const token = decodeContinue(options.continue);
    const revision = token.revision === -1 ? undefined : token.revision;
    const entries = readAt(scope, prefix, revision, prefix + token.start, options, chosen);
    return page(entries, limit, prefix, revision ?? storage.revision, chosen);
  }
  if (version !== undefined && version > storage.revision) throw tooLargeResourceVersion(version, storage.revision);
  const exact =
    version !== undefined &&
    version > 0 &&
    (options.resourceVersionMatch === 'Exact' || (options.resourceVersionMatch === '' && limit > 0));
  const revision = exact ? version : undefined;
  const entries = readAt(scope, prefix, revision, prefix, options, chosen);
  return page(entries, limit, prefix, revision ?? storage.revision, chosen);
}

function readAt(
  scope: HandlerScope,
  prefix: string,
  revision: number | undefined,
  startKey: string,
  options: ListQuery,
  chosen: Selection,
): readonly Entry<KubernetesObject>[] {
  const { services, served, context } = scope;
  const { store: storage } = services;
  if (revision === undefined && chosen.name !== undefined && startKey === prefix) {
    const namespace = context.info.namespace;
    if (namespace !== '' || !served.definition.namespaced) {
      const entry = served.store.entry(namespace, chosen.name);
      return entry && chosen.matches(entry.value) ? [entry] : [];
    }
  }
  try {
    const at = revision === undefined ? {} : { revision };
    const entries = storage.list(prefix, { ...at, startKey });
    return chosen.empty ? entries : entries.filter((entry) => chosen.matches(entry.value));
  } catch (error) {
    if (!(error instanceof RevisionCompactedError)) throw error;
    if (options.continue === '') {
      throw newResourceExpired(`The resourceVersion for the provided list is too old.`);
    }
    const start = startKey.slice(prefix.length);
    const { status } = newResourceExpired(expiredContinue);
    throw statusErrorFromObject({ ...status, metadata: { continue: encodeContinue(start, -1) } });
  }
}

const expiredContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function page(
  entries: readonly Entry<KubernetesObject>[],
  limit: number,
  prefix: string,
  revision: number,
  chosen: Selection,
): ListResult {
  const metadata = { resourceVersion: String(revision) };
  const last = entries[limit - 1];
  if (limit === 0 || entries.length <= limit || !last) return { items: entries.map(({ value }) => value), metadata };
  const items = entries.slice(0, limit).map(({ value }) => value);
  const token = encodeContinue(`${last.key.slice(prefix.length)}\0`, revision);
  const remaining = chosen.empty ? { remainingItemCount: entries.length - limit } : {};
  return { items, metadata: { ...metadata, continue: token, ...remaining } };
}

/** 504: the server has not seen that version yet. */
export function tooLargeResourceVersion(version: number, current: number): Error {
  const message = `Too large resource version: ${version}, current: ${current}`;
  const error = newTimeout(message, 1);
  return newStatusError({
    code: 504,
    reason: 'Timeout',
    message: error.message,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}
