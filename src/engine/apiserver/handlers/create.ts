/** POST of an object. Upstream: apiserver/pkg/endpoints/handlers/create.go (v1.36) */
import { schemaFor } from '../../../api/schema.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newBadRequest, newForbidden } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { dropEmpties } from '../codec/empties.ts';
import { drop } from '../generic/draft-members.ts';
import { asDraft, asObject, type WritableObject } from '../generic/operation.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { presentObject } from './present-object.ts';
import { decodeBody, readBody, type RawBody } from './request-body.ts';
import { reply } from './respond.ts';
import { operationOf, writeQuery } from './write-options.ts';

/** Makes the decoded body a draft of a served version: metadata is there, defaults are set. */
export function draftOf(definition: ResourceDefinition, decoded: Record<string, unknown>): WritableObject {
  const draft = decoded as WritableObject;
  const schema = definition.schema ?? schemaFor(definition);
  // A version that is stored as another one is converted before it is checked: nothing would take them out later.
  if (definition.storedAs && schema) dropEmpties(schema, draft);
  draft.metadata ??= {};
  if (Object.isFrozen(draft.metadata)) draft.metadata = { ...draft.metadata };
  definition.strategy.defaults?.(draft as never);
  return draft;
}

/** Checks, or takes over, the request's namespace. @throws StatusError BadRequest */
export function ensureNamespace(definition: ResourceDefinition, draft: WritableObject, namespace: string): void {
  const { metadata } = draft;
  const given = asObject(draft).metadata.namespace ?? '';
  if (!definition.namespaced) {
    drop(metadata, 'namespace');
    return;
  }
  if (given === '') metadata['namespace'] = namespace;
  else if (given !== namespace) throw newBadRequest(namespaceMismatch);
}

const namespaceMismatch = 'the namespace of the provided object does not match the namespace sent on the request';

/** What only the server sets counts for nothing. Upstream: rest.WipeObjectMetaSystemFields (v1.36) */
function wipeSystemFields({ metadata }: WritableObject): void {
  for (const key of systemFields) drop(metadata, key);
}

const systemFields = ['creationTimestamp', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'];

/** Answers a create. @throws StatusError */
export function* handleCreate(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  const { definition } = served;
  negotiate(context.request.headers['accept']);
  const options = writeQuery(context, 'CreateOptions');
  const raw = readBody(context, definition);
  refuseWhileEnding(scope, raw);
  const { expected } = served;
  const decoded = decodeBody(context, raw, { expected, fieldValidation: options.fieldValidation });
  const draft = draftOf(definition, decoded);
  ensureNamespace(definition, draft, context.info.namespace);
  wipeSystemFields(draft);
  dedupOwnerReferences(context, draft);
  const stored = yield* served.store.create(storageDraft(scope, draft), operationOf(context, served, options));
  reply(exchange, context, 201, presentObject(scope, stored));
}

/** No object is made of a definition that is being removed. */
function refuseWhileEnding({ served, services }: HandlerScope, { value }: RawBody): void {
  const { custom } = served.definition;
  if (!custom) return;
  const crd = services.objects.get('apiextensions.k8s.io', 'customresourcedefinitions', '', custom.definitionName);
  if (crd?.metadata.deletionTimestamp === undefined) return;
  const { name = '' } = (value as { readonly metadata?: { readonly name?: string } } | null)?.metadata ?? {};
  throw newForbidden(served.definition, name, 'create not allowed while custom resource definition is terminating');
}

/** The draft in the version that is stored. */
export function storageDraft({ served }: HandlerScope, draft: WritableObject): WritableObject {
  const object: KubernetesObject = asObject(draft);
  const converted = served.toStorage(object);
  return converted === object ? draft : asDraft(converted);
}

/** `the name of the object (a) does not match the name on the URL (b)` and kin. @throws StatusError BadRequest */
export function ensureName(draft: WritableObject, name: string): void {
  const given = asObject(draft).metadata.name ?? '';
  if (given === '') {
    throw newBadRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name)
    throw newBadRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
