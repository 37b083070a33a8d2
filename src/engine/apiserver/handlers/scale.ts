/** The scale subresource. Upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST (v1.36) */
import type * as autoscalingv1 from '../../../api/autoscaling/v1.ts';
import { schemaFor } from '../../../api/schema.ts';
import * as field from '../../../apimachinery/field-error.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { newConflict, newInvalid, newNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { asDraft } from '../generic/operation.ts';
import { scaleOf } from '../generic/scale.ts';
import type { ScaleStrategy } from '../registry/resource-definition.ts';
import { ensureName } from './create.ts';
import type { HandlerScope } from './handler-scope.ts';
import { applyPatch, patchOf } from './patch.ts';
import { contentTypeOf, decodeBody, readBody, type RawBody } from './request-body.ts';
import { reply } from './respond.ts';
import { operationOf, writeQuery } from './write-options.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** Answers a get, update or patch of a scale. @throws StatusError */
export function* handleScale(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  const { definition, store } = served;
  const strategy = definition.scale;
  const { name, verb, namespace } = context.info;
  if (!strategy) throw newNotFound(definition, name);
  if (verb === 'get') return reply(exchange, context, 200, scaleOf(strategy, store.get(namespace, name)));
  const apply = contentTypeOf(context) === 'application/apply-patch+yaml';
  const options = writeQuery(context, verb === 'update' ? 'UpdateOptions' : 'PatchOptions', verb === 'patch' && apply);
  const readScale = verb === 'update' ? updateReader(scope) : patchReader(scope);
  const operation = operationOf(context, served, options);
  const { object } = yield* store.update(namespace, name, operation, {
    transform(current) {
      if (!current) throw newNotFound(definition, name);
      const scale = readScale(scaleOf(strategy, current), options.fieldValidation);
      return scaled(scope, strategy, current, scale);
    },
    strategy: {
      validateUpdate: (object, old, ctx) =>
        definition.strategy.validateUpdate?.(object as never, old as never, ctx) ?? [],
      prepareForUpdate: (draft, old) => bump(draft, old, strategy),
    },
  });
  reply(exchange, context, 200, scaleOf(strategy, object));
}

function bump(draft: { metadata: Record<string, unknown> }, old: KubernetesObject, strategy: ScaleStrategy): void {
  if (strategy.specReplicas(draft as unknown as KubernetesObject) === strategy.specReplicas(old)) return;
  draft.metadata['generation'] = (old.metadata.generation ?? 0) + 1;
}

function scaled(scope: HandlerScope, strategy: ScaleStrategy, current: KubernetesObject, scale: autoscalingv1.Scale) {
  const { definition } = scope.served;
  const { name = '', resourceVersion, uid } = current.metadata;
  if (scale.metadata.uid && scale.metadata.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${scale.metadata.uid}, UID in object meta: ${uid ?? ''}`;
    throw newConflict(definition, name, why);
  }
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    const path = field.newPath('spec', 'replicas');
    throw newInvalid(scaleKind, name, [field.invalid(path, replicas, 'must be greater than or equal to 0')]);
  }
  const draft = asDraft({ ...current, metadata: { ...current.metadata } });
  const given = scale.metadata.resourceVersion;
  draft.metadata['resourceVersion'] = given === undefined || given === '' ? resourceVersion : given;
  strategy.setReplicas(draft as never, replicas);
  return draft;
}

type ScaleReader = (current: autoscalingv1.Scale, validation: 'Strict' | 'Warn' | 'Ignore') => autoscalingv1.Scale;

function decodeScale(
  scope: HandlerScope,
  raw: RawBody,
  fieldValidation: 'Strict' | 'Warn' | 'Ignore',
): autoscalingv1.Scale {
  const schema = schemaFor(scaleKind);
  if (!schema) throw new Error('no schema for Scale');
  const decoded = decodeBody(scope.context, raw, { expected: { ...scaleKind, schema }, fieldValidation });
  return decoded as unknown as autoscalingv1.Scale;
}

function updateReader(scope: HandlerScope): ScaleReader {
  return (_current, validation) => {
    const scale = decodeScale(scope, readBody(scope.context, scaleKind), validation);
    const draft = asDraft({ ...scale, metadata: { ...scale.metadata } });
    ensureName(draft, scope.context.info.name);
    return scale;
  };
}

function patchReader(scope: HandlerScope): ScaleReader {
  const patch = patchOf(scope);
  return (current, validation) => {
    const { value } = applyPatch(patch, current as unknown as JsonObject, schemaFor(scaleKind));
    return decodeScale(scope, { value, duplicates: [], excerpt: () => '' }, validation);
  };
}
