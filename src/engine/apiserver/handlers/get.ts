import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newNotFound } from '../../../apimachinery/status-error.ts';
import type { HandlerScope } from './handler-scope.ts';
import { parseResourceVersion } from './list-options.ts';
import { tooLargeResourceVersion } from './list.ts';
import { negotiate } from './media-type.ts';
import { presentObject } from './present-object.ts';
import { presentationFor } from './presentation.ts';
import { reply, replyPieces, takesText } from './respond.ts';

function findComputed(objects: readonly KubernetesObject[], name: string): KubernetesObject {
  const found = objects.find(({ metadata }) => metadata.name === name);
  if (!found) throw newNotFound({ group: '', resource: 'componentstatus' }, name);
  return found;
}

/** Answers a get of an object or of its status. @throws StatusError NotFound */
export function handleGet(scope: HandlerScope): void {
  const { context, exchange, served, services } = scope;
  const accepted = negotiate(context.request.headers['accept']);
  const { computed, namespaced } = served.definition;
  if (computed) return reply(exchange, context, 200, presentObject(scope, findComputed(computed, context.info.name)));
  const version = parseResourceVersion(context.query.get('resourceVersion'), 500);
  if (version !== undefined && version > services.store.revision) {
    throw tooLargeResourceVersion(version, services.store.revision);
  }
  const namespace = namespaced ? context.info.namespace : '';
  const stored = served.store.get(namespace, context.info.name);
  if (!takesText(exchange, context)) return reply(exchange, context, 200, presentObject(scope, stored));
  replyPieces(exchange, context, [`${presentationFor(scope, accepted).text(stored)}\n`]);
}
