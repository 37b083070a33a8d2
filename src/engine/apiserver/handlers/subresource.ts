import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { schemaFor } from '../../../api/schema.ts';
import { newBadRequest } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { Subresource } from '../registry/resource-definition.ts';
import type { HandlerScope } from './handler-scope.ts';
import { decodeBody, readBody } from './request-body.ts';
import { reply } from './respond.ts';
import { writeQuery } from './write-options.ts';

/** Hands a request to the subresource's own code. */
export function handleSubresource(scope: HandlerScope, subresource: Subresource): Process<void> {
  const { context, exchange, served, services } = scope;
  const { kind, group = served.definition.group, version = served.definition.version } = subresource;
  const body = <B extends KubernetesObject>(): B => {
    const schema = schemaFor({ group, version, kind });
    if (!schema) throw newBadRequest(`unknown kind ${kind}`);
    const options = writeQuery(context, 'CreateOptions');
    const raw = readBody(context, { kind });
    const decoded = decodeBody(context, raw, {
      expected: { group, version, kind, schema },
      fieldValidation: options.fieldValidation,
    });
    decoded['metadata'] ??= {};
    return decoded as unknown as B;
  };
  return subresource.handle({
    context,
    exchange,
    services,
    served,
    store: served.store,
    name: context.info.name,
    body,
    reply: (status, object) => reply(exchange, context, status, object),
  });
}
