/** PUT of an object or of its status. Upstream: apiserver/pkg/endpoints/handlers/update.go (v1.36) */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Process } from '../../../process/process.ts';
import { asDraft, type WritableObject } from '../generic/operation.ts';
import { draftOf, ensureName, ensureNamespace } from './create.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { presentObject } from './present-object.ts';
import { decodeBody, readBody } from './request-body.ts';
import { reply } from './respond.ts';
import { updateStrategyOf } from './update-strategy.ts';
import { operationOf, writeQuery } from './write-options.ts';

/** Answers an update. @throws StatusError */
export function* handleUpdate(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  const { definition, store } = served;
  negotiate(context.request.headers['accept']);
  const options = writeQuery(context, 'UpdateOptions');
  const raw = readBody(context, definition);
  const { namespace, name, subresource } = context.info;
  const at = definition.namespaced ? namespace : '';
  const { expected } = served;
  const known = store.entry(at, name)?.value;
  const decoded = decodeBody(context, raw, {
    expected,
    fieldValidation: options.fieldValidation,
    known: known && served.fromStorage(known),
  });
  const draft = draftOf(definition, decoded);
  ensureNamespace(definition, draft, at);
  ensureName(draft, name);
  dedupOwnerReferences(context, draft);
  const uid = draft.metadata['uid'];
  const base = served.toStorage(draft as unknown as KubernetesObject) as unknown as WritableObject;
  const { object, created } = yield* store.update(at, name, operationOf(context, served, options), {
    // A retry must not meet what the first attempt changed.
    transform: () => asDraft({ ...base, metadata: { ...base.metadata } }),
    ...(typeof uid === 'string' && uid !== '' ? { preconditions: { uid } } : {}),
    ...updateStrategyOf(definition, subresource),
  });
  reply(exchange, context, created ? 201 : 200, presentObject(scope, object));
}
