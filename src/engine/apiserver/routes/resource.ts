/** Finds the handler of a request to a resource. */
import { groupResource } from '../../../apimachinery/resource-ref.ts';
import { newMethodNotSupported, newStatusError, StatusError } from '../../../apimachinery/status-error.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import { handleCreate } from '../handlers/create.ts';
import { handleDelete, handleDeleteCollection } from '../handlers/delete.ts';
import { handleGet } from '../handlers/get.ts';
import type { HandlerScope } from '../handlers/handler-scope.ts';
import { handleList } from '../handlers/list.ts';
import { handlePatch } from '../handlers/patch.ts';
import { replyText, replyError } from '../handlers/respond.ts';
import { handleScale } from '../handlers/scale.ts';
import { handleSubresource } from '../handlers/subresource.ts';
import { handleUpdate } from '../handlers/update.ts';
import { handleWatch } from '../handlers/watch.ts';
import type { RequestContext } from '../request-context.ts';
import { deadlineExceeded, timeoutOf } from '../request-deadline.ts';
import { runProcess } from '../run-process.ts';
import type { ServedResource } from '../served-resource.ts';
import type { ServerAccess } from '../server-access.ts';
import { methodNotAllowed, pathNotFound } from './errors.ts';
import type { Process } from '../../../process/process.ts';

/** Serves a request to a resource; gives whether it is served. */
export function routeResource(server: ServerAccess, context: RequestContext, exchange: Exchange): boolean {
  const { group, version, resource } = context.info;
  const served = server.resources.find(group, version, resource);
  if (!served) return false;
  const scope: HandlerScope = { context, exchange, served, services: server.services };
  try {
    dispatch(scope);
  } catch (error) {
    throw inGroupOf(served, error);
  }
  return true;
}

/** A resource kept as another's names itself in errors. */
function inGroupOf({ definition }: ServedResource, error: unknown): unknown {
  const { storedAs, group, resource } = definition;
  if (!storedAs || storedAs.group === group || !(error instanceof StatusError)) return error;
  const { status } = error;
  if (status.details?.kind !== storedAs.resource || (status.details.group ?? '') !== storedAs.group) return error;
  const before = `${groupResource(storedAs)} "`;
  const message = (status.message ?? '').replace(before, `${groupResource({ group, resource })} "`);
  return newStatusError({
    code: status.code ?? 500,
    reason: status.reason ?? '',
    message,
    details: { ...status.details, group, kind: resource },
  });
}

function run(scope: HandlerScope, process: Process<void>): void {
  const { services, exchange, context } = scope;
  let over = false;
  let cancel: () => void = () => {};
  const finish = (): void => {
    over = true;
    cancel();
  };
  const kill = runProcess(services.sim, process, finish, (error) => {
    finish();
    replyError(exchange, context, inGroupOf(scope.served, error));
  });
  if (over) return;
  exchange.onAbort(kill);
  const timeoutMs = timeoutOf(context);
  if (timeoutMs === undefined) return;
  const expire = (): void => {
    kill();
    replyError(exchange, context, deadlineExceeded());
  };
  cancel = services.sim.setTimer(timeoutMs, expire, { background: true });
}

function dispatch(scope: HandlerScope): void {
  const { info, request } = scope.context;
  const { definition } = scope.served;
  const isProxied = definition.subresources.some(({ name, hasPath }) => name === info.subresource && hasPath);
  if (info.parts.length > 3 && !isProxied) throw pathNotFound();
  if (definition.namespaced && info.namespace === '' && info.name !== '') throw pathNotFound();
  const isNamespace = definition.resource === 'namespaces' && info.name !== '';
  if (!definition.namespaced && info.namespace !== '' && !isNamespace) {
    if (definition.custom) return replyText(scope.exchange, 404, '404 page not found\n');
    throw pathNotFound();
  }
  if (!isProxied && (request.method === 'HEAD' || (info.verb === 'watch' && request.method !== 'GET')))
    throw methodNotAllowed();
  if (definition.custom?.prepare && info.verb !== 'create') return run(scope, dispatchPrepared(scope));
  dispatchVerb(scope);
}

/** Objects are converted by their definition's webhook before they are read. */
function* dispatchPrepared(scope: HandlerScope): Process<void> {
  const { served, context } = scope;
  const { namespace, name } = context.info;
  const { store } = served;
  const entry = name === '' ? undefined : store.entry(namespace, name);
  const stored = name === '' ? store.all(namespace) : entry ? [entry.value] : [];
  if (served.definition.custom?.prepare) yield* served.definition.custom.prepare(stored);
  dispatchVerb(scope);
}

function dispatchVerb(scope: HandlerScope): void {
  const { info } = scope.context;
  const { definition } = scope.served;
  if (info.subresource !== '') return dispatchSubresource(scope);
  if (definition.createOnly) return dispatchCreateOnly(scope);
  const unwatchable = info.verb === 'watch' && definition.verbs.includes('list') && !definition.verbs.includes('watch');
  if (!unwatchable && !isAllowed(scope)) throw methodNotAllowed();
  if (definition.deprecation) scope.context.warnings.add(definition.deprecation);
  if (unwatchable) throw newMethodNotSupported(definition, 'watch');
  switch (info.verb) {
    case 'get':
      return handleGet(scope);
    case 'list':
      return handleList(scope);
    case 'watch':
      return handleWatch(scope);
    case 'create':
      return run(scope, handleCreate(scope));
    case 'update':
      return run(scope, handleUpdate(scope));
    case 'patch':
      return run(scope, handlePatch(scope));
    case 'delete':
      return run(scope, handleDelete(scope));
    default:
      return run(scope, handleDeleteCollection(scope));
  }
}

/** Whether the resource knows the verb at this path. */
function isAllowed({ context, served }: HandlerScope): boolean {
  const { verb, name, namespace } = context.info;
  const { definition } = served;
  if (!definition.verbs.includes(verb)) return false;
  if (name === '') {
    if (verb === 'create') return !definition.namespaced || namespace !== '';
    if (verb === 'deletecollection') return !definition.namespaced || namespace !== '';
    return verb === 'list' || verb === 'watch';
  }
  return verb === 'get' || verb === 'update' || verb === 'patch' || verb === 'delete' || verb === 'watch';
}

function dispatchCreateOnly(scope: HandlerScope): void {
  const { info } = scope.context;
  const { definition } = scope.served;
  const everywhere = definition.namespaced && info.namespace === '';
  if (info.name !== '' || everywhere) throw pathNotFound();
  if (info.verb !== 'create') throw methodNotAllowed();
  const { createOnly } = definition;
  if (createOnly)
    run(scope, handleSubresource(scope, { name: '', kind: definition.kind, verbs: ['create'], handle: createOnly }));
}

function dispatchSubresource(scope: HandlerScope): void {
  const { info } = scope.context;
  const { definition } = scope.served;
  const { subresource, verb } = info;
  const whole = (subresource === 'status' && definition.status) || definition.partialUpdates?.[subresource];
  if (whole) {
    if (verb === 'get') return handleGet(scope);
    if (verb === 'update') return run(scope, handleUpdate(scope));
    if (verb === 'patch') return run(scope, handlePatch(scope));
    throw methodNotAllowed();
  }
  if (subresource === 'scale' && definition.scale) {
    if (verb !== 'get' && verb !== 'update' && verb !== 'patch') throw methodNotAllowed();
    return run(scope, handleScale(scope));
  }
  const special = definition.subresources.find(({ name }) => name === subresource);
  if (!special) throw pathNotFound();
  if (!special.verbs.includes(verb)) throw methodNotAllowed();
  run(scope, handleSubresource(scope, special));
}
