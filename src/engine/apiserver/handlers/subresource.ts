import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { schemaFor } from '../../../api/schema.ts';
import { newBadRequest } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { copyJson } from '../codec/decode-object.ts';
import type { AdmissionAttributes } from '../admission/admission.ts';
import { asDraft, type WritableObject } from '../generic/operation.ts';
import type { Subresource } from '../registry/resource-definition.ts';
import { ensureNamespace } from './create.ts';
import type { HandlerScope } from './handler-scope.ts';
import { refuseTables } from './media-type.ts';
import { decodeBody, readBody } from './request-body.ts';
import { reply } from './respond.ts';
import { operationOf, writeQuery } from './write-options.ts';

/** Hands a request to the subresource's own code. */
export function* handleSubresource(scope: HandlerScope, subresource: Subresource): Process<void> {
  const { context, exchange, served, services } = scope;
  const { kind, group = served.definition.group, version = served.definition.version } = subresource;
  let submitted: Record<string, unknown> | undefined;
  let decodedBody: Record<string, unknown> | undefined;
  const body = <B extends KubernetesObject>(): B => {
    if (decodedBody) return decodedBody as unknown as B;
    const schema = schemaFor({ group, version, kind });
    if (!schema) throw newBadRequest(`unknown kind ${kind}`);
    const options = writeQuery(context, 'CreateOptions');
    const raw = readBody(context, { kind });
    const decoded = decodeBody(context, raw, {
      expected: { group, version, kind, schema, ...(subresource.accepts ? { accepts: subresource.accepts } : {}) },
      fieldValidation: options.fieldValidation,
    });
    decoded['metadata'] ??= {};
    if (context.info.verb === 'create') ensureNamespace(served.definition, asDraft(decoded), context.info.namespace);
    if (served.definition.createOnly) wipeSystemFields(decoded['metadata'] as Record<string, unknown>);
    submitted = copyJson(decoded);
    decodedBody = decoded;
    return decoded as unknown as B;
  };
  if (context.info.verb === 'create' && !kind.endsWith('Options')) {
    refuseTables(context.request.headers['accept']);
    yield* admit(scope, asDraft(body()));
  }
  const managed = <T extends object>(object: T): T =>
    submitted ? withManagedFields(scope, submitted, object, group === '' ? version : `${group}/${version}`) : object;
  yield* subresource.handle({
    context,
    exchange,
    services,
    served,
    store: served.store,
    name: context.info.name,
    body,
    reply: (status, object) => {
      const isManaged = served.definition.createOnly || subresource.kind === 'TokenRequest';
      reply(exchange, context, status, isManaged && isKind(object, kind) ? managed(object) : object);
    },
    withManagedFields: managed,
  });
}

/** Upstream: registry/rest/meta.go WipeObjectMetaSystemFields (v1.36) */
function wipeSystemFields(metadata: Record<string, unknown>): void {
  for (const name of ['creationTimestamp', 'uid', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink']) {
    delete metadata[name];
  }
}

const isKind = (object: object, kind: string): boolean => (object as { readonly kind?: string }).kind === kind;

function* admit({ context, served, services }: HandlerScope, object: WritableObject): Process<void> {
  const { info } = context;
  const attributes: AdmissionAttributes = {
    verb: 'CREATE',
    definition: served.definition,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object,
    old: undefined,
    operation: operationOf(context, served, writeQuery(context, 'CreateOptions')),
  };
  yield* services.admission.admit(attributes);
  yield* services.admission.validate(attributes);
}

/** A review in the answer carries managed fields as if it had been stored. */
function withManagedFields<T extends object>(
  { context, served, services }: HandlerScope,
  submitted: Record<string, unknown>,
  object: T,
  apiVersion: string,
): T {
  if (context.internal) return object;
  const answer = deepFreeze(object) as KubernetesObject;
  const { managedFields } = services;
  const operation = { ...operationOf(context, served, writeQuery(context, 'CreateOptions')), apiVersion };
  managedFields.record(answer, undefined, managedFields.snapshot(submitted as WritableObject), operation);
  return managedFields.reveal(answer, answer) as object as T;
}
