/** PATCH: JSON, merge, strategic and apply patches. Upstream: apiserver/pkg/endpoints/handlers/patch.go (v1.36) */
import { jsonText } from '../../../apimachinery/go-json.ts';
import { formatValue, quote } from '../../../apimachinery/go-format.ts';
import { applyJsonPatch, JsonPatchError, maxJsonPatchOperations } from '../../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { applyMergePatch } from '../../../apimachinery/merge-patch.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import {
  newBadRequest,
  newGenericServerResponse,
  newNotFound,
  newRequestEntityTooLarge,
  newStatusError,
  newUnsupportedMediaType,
  type StatusError,
} from '../../../apimachinery/status-error.ts';
import { StrategicMergePatchError } from '../../../apimachinery/strategic-merge-schema.ts';
import { applyStrategicMergePatch } from '../../../apimachinery/strategic-merge-patch.ts';
import type { Process } from '../../../process/process.ts';
import { jsonKind } from '../codec/decode-object.ts';
import { parseGoJson } from '../codec/go-json-reader.ts';
import { type WritableObject } from '../generic/operation.ts';
import { applyToObject } from './apply.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { presentObject } from './present-object.ts';
import { bodyText, objectBody } from './request-body.ts';
import { reply } from './respond.ts';
import { updateStrategyOf } from './update-strategy.ts';
import { operationOf, writeQuery, type WriteQuery } from './write-options.ts';
import { decodePatched, finishPatched, type Patch } from './patched-object.ts';
import { patchedText } from './patched-text.ts';

/** The patches a built-in kind takes. */
export const patchTypes: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const applyType = 'application/apply-patch+yaml';

/** The patch of a request. @throws StatusError UnsupportedMediaType */
export function patchOf({ context, served }: HandlerScope): Patch {
  const type = (context.request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const allowed = served.definition.custom ? patchTypes.filter((known) => !known.includes('strategic')) : patchTypes;
  if (!allowed.includes(type)) throw served.definition.custom ? newUnsupportedMediaType(allowed) : unrouted();
  const object = objectBody(context);
  return { type, object, text: object === undefined ? bodyText(context) : '' };
}

/** The router knows the patches of built-in kinds. */
const unrouted = (): StatusError =>
  newStatusError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });

/** Answers a patch. @throws StatusError */
export function* handlePatch(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  const { definition, store } = served;
  negotiate(context.request.headers['accept']);
  const patch = patchOf(scope);
  const isApply = patch.type === applyType;
  const options = writeQuery(context, 'PatchOptions', isApply);
  const { namespace, name, subresource } = context.info;
  const at = definition.namespaced ? namespace : '';
  const operation = operationOf(context, served, options);
  const strategy = updateStrategyOf(definition, subresource);
  const { object, created } = yield* store.update(at, name, operation, {
    transform(current) {
      if (isApply) return applyToObject(scope, patch, options, operation, current);
      if (!current) throw newNotFound(definition, name);
      return patchedDraft(scope, patch, options, current);
    },
    createIfMissing: isApply && subresource === '',
    ...strategy,
  });
  reply(exchange, context, created ? 201 : 200, presentObject(scope, object));
}

function patchedDraft(
  scope: HandlerScope,
  patch: Patch,
  options: WriteQuery,
  current: KubernetesObject,
): WritableObject {
  const { served, services } = scope;
  const shown = served.fromStorage(current);
  // Working out managed fields costs more than the patch: only who may see or set them pays for it.
  const concernsManagers = !scope.context.internal || patch.text.includes('managedFields');
  const document = (concernsManagers ? services.managedFields.reveal(current, shown) : shown) as unknown as JsonObject;
  const patched = applyPatch(patch, document, served.schema);
  const decoded = decodePatched(scope, patched.value, { options, shown, ...patched });
  return finishPatched(scope, decoded, current);
}

interface Patched {
  readonly value: JsonObject;
  readonly complaints: readonly string[];
  readonly show: () => string;
  readonly unstructured: boolean;
}

/** The document after a JSON, merge or strategic patch. @throws StatusError */
export function applyPatch(patch: Patch, document: JsonObject, schema: ObjectNode | undefined): Patched {
  if (patch.type === 'application/json-patch+json') return applyOperations(patch, document, schema);
  const { value, complaints } = patchMap(patch);
  if (patch.type === 'application/merge-patch+json') {
    const patched = applyMergePatch(document, value) as JsonObject;
    const show = () => patchedText(patched, schema, document);
    return { value: patched, complaints, show, unstructured: false };
  }
  if (!schema) throw newBadRequest('no schema');
  try {
    const patched = applyStrategicMergePatch(document, value, schema);
    return { value: patched, complaints, show: () => formatValue(value), unstructured: true };
  } catch (error) {
    throw error instanceof StrategicMergePatchError ? strategicError(error) : error;
  }
}

function strategicError(error: StrategicMergePatchError): StatusError {
  if (error.kind === 'badFormat') return newBadRequest(error.message);
  if (error.kind === 'unprocessable') return unprocessable(error.message);
  return newStatusError({ code: 500, reason: '', message: error.message });
}

function unprocessable(serverMessage: string): StatusError {
  const resource = { group: '', resource: '' };
  return newGenericServerResponse({
    code: 422,
    verb: '',
    resource,
    name: '',
    serverMessage,
    isUnexpectedResponse: false,
  });
}

function patchMap(patch: Patch): { readonly value: JsonObject; readonly complaints: readonly string[] } {
  if (patch.object) return { value: patch.object, complaints: [] };
  const merge = patch.type === 'application/merge-patch+json';
  const fail = (why: string): StatusError => newBadRequest(merge ? `error decoding patch: ${why}` : why);
  const { value, duplicates } = readJson(patch.text, fail);
  if (value === null && merge) throw newBadRequest('Invalid JSON Patch');
  if (value === null) return { value: {}, complaints: [] };
  if (!isJsonObject(value))
    throw fail(`json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`);
  return { value, complaints: duplicates.map((path) => `duplicate field ${quote(path)}`) };
}

function readJson(text: string, fail: (why: string) => StatusError): ReturnType<typeof parseGoJson> {
  try {
    return parseGoJson(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
}

const operationFields: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value']);

function applyOperations(patch: Patch, document: JsonObject, schema: ObjectNode | undefined): Patched {
  const fail = (why: string): StatusError => newBadRequest(`error decoding patch: ${why}`);
  const { value } = patch.object === undefined ? readJson(patch.text, fail) : { value: patch.object as unknown };
  if (!Array.isArray(value)) {
    if (value !== null)
      throw fail(`json: cannot unmarshal ${jsonKind(value)} into Go value of type []handlers.jsonPatchOp`);
    return { value: document, complaints: [], show: () => jsonText(document), unstructured: false };
  }
  const complaints: string[] = [];
  for (const [i, operation] of value.entries()) {
    if (!isJsonObject(operation))
      throw fail(`json: cannot unmarshal ${jsonKind(operation)} into Go value of type handlers.jsonPatchOp`);
    for (const key of ['op', 'path', 'from']) {
      const given = operation[key];
      if (given !== undefined && given !== null && typeof given !== 'string') {
        throw fail(`json: cannot unmarshal ${jsonKind(given)} into Go struct field jsonPatchOp.${key} of type string`);
      }
    }
    for (const key of Object.keys(operation)) {
      if (!operationFields.has(key)) complaints.push(`json patch unknown field ${quote(`[${i}].${key}`)}`);
    }
  }
  if (value.length > maxJsonPatchOperations) {
    throw newRequestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${maxJsonPatchOperations}, got ${value.length}`,
    );
  }
  try {
    const patched = applyJsonPatch(document, value as JsonObject[]);
    if (!isJsonObject(patched)) throw new JsonPatchError('not an object');
    const show = () => patchedText(patched, schema, document, value);
    return { value: patched, complaints, show, unstructured: false };
  } catch (error) {
    throw error instanceof JsonPatchError ? unprocessable(error.message) : error;
  }
}
