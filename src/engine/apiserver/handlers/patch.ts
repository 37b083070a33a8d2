/** PATCH: JSON, merge, strategic and apply patches. Upstream: apiserver/pkg/endpoints/handlers/patch.go (v1.36) */
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { applyJsonPatch } from '../../../apimachinery/json-patch.ts';
import { applyMergePatch } from '../../../apimachinery/merge-patch.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import { newBadRequest, newNotFound, newUnsupportedMediaType } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { parseGoJson } from '../codec/go-json-reader.ts';
import { asDraft, type WritableObject } from '../generic/operation.ts';
import { draftOf, ensureNamespace } from './create.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { presentObject } from './present-object.ts';
import { bodyText, contentTypeOf, decodeBody, objectBody } from './request-body.ts';
import { reply } from './respond.ts';
import { updateStrategyOf } from './update-strategy.ts';
import { operationOf, writeQuery } from './write-options.ts';

/** The patches a built-in kind takes. */
export const patchTypes: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Answers a patch. @throws StatusError */
export function* handlePatch(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  const { definition, store } = served;
  negotiate(context.request.headers['accept']);
  const type = contentTypeOf(context);
  const allowed = definition.custom ? patchTypes.filter((known) => !known.includes('strategic')) : patchTypes;
  if (!allowed.includes(type)) throw newUnsupportedMediaType(allowed);
  const options = writeQuery(context, 'PatchOptions', type === 'application/apply-patch+yaml');
  const patch = objectBody(context) ?? parsePatch(bodyText(context));
  const { namespace, name, subresource } = context.info;
  const at = definition.namespaced ? namespace : '';
  const { object, created } = yield* store.update(at, name, operationOf(context, served, options), {
    transform(current) {
      if (!current) throw newNotFound(definition, name);
      const shown = served.fromStorage(current);
      const patched = applyPatch(type, shown as unknown as JsonObject, patch, served.schema);
      const expected = { ...definition, schema: served.schema };
      const raw = { value: patched, duplicates: [], excerpt: () => '' };
      const decoded = decodeBody(context, raw, { expected, fieldValidation: options.fieldValidation, known: shown });
      const draft = draftOf(definition, decoded);
      ensureNamespace(definition, draft, at);
      return asDraft(served.toStorage(draft as unknown as KubernetesObject)) as WritableObject;
    },
    ...updateStrategyOf(definition, subresource),
  });
  reply(exchange, context, created ? 201 : 200, presentObject(scope, object));
}

/** A patch's JSON. @throws StatusError BadRequest */
export function parsePatch(text: string): unknown {
  try {
    return parseGoJson(text).value;
  } catch (error) {
    throw newBadRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

/** The document after a patch. */
export function applyPatch(
  type: string,
  document: JsonObject,
  patch: unknown,
  schema: ObjectNode | undefined,
): JsonObject {
  if (type === 'application/json-patch+json') return applyJsonPatch(document, patch as never) as JsonObject;
  if (!isJsonObject(patch)) throw newBadRequest('invalid patch');
  void schema;
  return applyMergePatch(document, patch) as JsonObject;
}
