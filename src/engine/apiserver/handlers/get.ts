import type { HandlerScope } from './handler-scope.ts';
import { parseResourceVersion } from './list-options.ts';
import { tooLargeResourceVersion } from './list.ts';
import { negotiate } from './media-type.ts';
import { presentObject } from './present-object.ts';
import { reply } from './respond.ts';

/** Answers a get of an object or of its status. @throws StatusError NotFound */
export function handleGet(scope: HandlerScope): void {
  const { context, exchange, served, services } = scope;
  negotiate(context.request.headers['accept']);
  const version = parseResourceVersion(context.query.get('resourceVersion'), 500);
  if (version !== undefined && version > services.store.revision) {
    throw tooLargeResourceVersion(version, services.store.revision);
  }
  const namespace = served.definition.namespaced ? context.info.namespace : '';
  reply(exchange, context, 200, presentObject(scope, served.store.get(namespace, context.info.name)));
}
