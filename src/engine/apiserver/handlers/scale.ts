/** The scale subresource. Upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST (v1.36) */
import type * as autoscalingv1 from '../../../api/autoscaling/v1.ts';
import { schemaFor } from '../../../api/schema.ts';
import * as field from '../../../apimachinery/field-error.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import type { ObjectNode } from '../../../apimachinery/schema-node.ts';
import { newConflict, newInvalid, newNotFound } from '../../../apimachinery/status-error.ts';
import {
  applyManagedFields,
  encodeManagedFields,
  type Managed,
  type ManagedWrite,
  updateManagedFields,
} from '../../../apimachinery/structured-merge/managed-fields.ts';
import { fieldElement } from '../../../apimachinery/structured-merge/path-element.ts';
import {
  managedOfParent,
  managedOfScale,
  type ReplicasPath,
} from '../../../apimachinery/structured-merge/scale-managed-fields.ts';
import type { Process } from '../../../process/process.ts';
import { zeroObject } from '../codec/decode-object.ts';
import { asDraft, type Operation, type Preconditions } from '../generic/operation.ts';
import { scaleOf } from '../generic/scale.ts';
import type { ScaleStrategy } from '../registry/resource-definition.ts';
import type { TableColumn } from '../registry/table-column.ts';
import { ageColumn, column, nameColumn } from '../registry/tables/cells.ts';
import { applyConfiguration } from './apply.ts';
import { ensureName } from './create.ts';
import type { HandlerScope } from './handler-scope.ts';
import { presentObject } from './present-object.ts';
import { applyPatch, patchOf } from './patch.ts';
import { decodePatched } from './patched-object.ts';
import { contentTypeOf, decodeBody, type FieldValidation, readBody, type RawBody } from './request-body.ts';
import { reply } from './respond.ts';
import { operationOf, writeQuery } from './write-options.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

/** Answers a get, update or patch of a scale. @throws StatusError */
export function* handleScale(scope: HandlerScope): Process<void> {
  const { context, served, services } = scope;
  const { definition, store } = served;
  const strategy = definition.scale;
  const { name, verb, namespace } = context.info;
  if (!strategy) throw newNotFound(definition, name);
  if (verb === 'get') return replyScale(scope, scaleOf(strategy, store.get(namespace, name)));
  const apply = contentTypeOf(context) === 'application/apply-patch+yaml';
  const options = writeQuery(context, verb === 'update' ? 'UpdateOptions' : 'PatchOptions', verb === 'patch' && apply);
  const operation = operationOf(context, served, options);
  const write = apply
    ? applyScale(scope, operation, options.force ?? false)
    : replaceScale(scope, operation, verb === 'update' ? updateReader(scope) : patchReader(scope));
  const { object } = yield* store.update(namespace, name, operation, {
    ...preconditionsOf(scope),
    transform(current) {
      if (!current) throw newNotFound(definition, name);
      const live = scaleOf(strategy, current);
      const parent = services.managedFields.managedOf(current);
      const replicasPath = replicasPathOf(scope, strategy);
      const { scale, managed } = write(live, managedOfScale(parent, replicasPath), options.fieldValidation);
      const draft = scaled(scope, strategy, current, scale);
      services.managedFields.applied(draft, managedOfParent(parent, managed, served.apiVersion, replicasPath));
      return draft;
    },
    strategy: {
      validateUpdate: (object, old, ctx) =>
        definition.strategy.validateUpdate?.(object as never, old as never, ctx) ?? [],
      prepareForUpdate: (draft, old) => bump(draft, old, strategy),
    },
  });
  replyScale(scope, scaleOf(strategy, object));
}

/** Upstream: pkg/printers/internalversion/printers.go printScale (v1.36) */
const scaleColumns: readonly TableColumn[] = [
  nameColumn,
  column<autoscalingv1.Scale>('Desired', ({ spec }) => spec?.replicas ?? 0, { type: 'integer' }) as TableColumn,
  column<autoscalingv1.Scale>('Available', ({ status }) => status?.replicas ?? 0, { type: 'integer' }) as TableColumn,
  { ...ageColumn, type: 'date' },
];
/** Built-in kinds come by other definitions of the same columns. */
const builtInColumns = scaleColumns.map(
  (column): TableColumn => ({ ...column, format: '', type: column === scaleColumns[3] ? 'string' : column.type }),
);

function replyScale(scope: HandlerScope, scale: autoscalingv1.Scale): void {
  const { exchange, context, served } = scope;
  const definition = {
    ...served.definition,
    ...scaleKind,
    columns: served.definition.custom ? scaleColumns : builtInColumns,
  };
  const asScale = {
    ...served,
    definition,
    apiVersion: scaleApiVersion,
    fromStorage: (object: KubernetesObject) => object,
  };
  reply(exchange, context, 200, presentObject({ ...scope, served: asScale }, scale));
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

/** A PUT may say which object it means. */
function preconditionsOf({ context }: HandlerScope): { readonly preconditions?: Preconditions } {
  if (context.info.verb !== 'update') return {};
  const body = readBody(context, scaleKind).value as { readonly metadata?: { readonly uid?: unknown } | null } | null;
  const metadata = body?.metadata;
  return typeof metadata?.uid === 'string' && metadata.uid !== '' ? { preconditions: { uid: metadata.uid } } : {};
}

/** Versions of the same group keep their replicas where this one does. */
function replicasPathOf({ served }: HandlerScope, { replicasPath }: ScaleStrategy): ReplicasPath {
  const path = replicasPath.map(fieldElement);
  const { group } = served.definition;
  return (apiVersion) => (parseGroupVersion(apiVersion)?.group === group ? path : undefined);
}

interface WrittenScale {
  readonly scale: autoscalingv1.Scale;
  readonly managed: Managed;
}
type ScaleWrite = (live: autoscalingv1.Scale, managed: Managed, validation: FieldValidation) => WrittenScale;

const scaleApiVersion = 'autoscaling/v1';

/** A write to the Scale whose owner is to be recorded. */
function managedWrite({ services }: HandlerScope, operation: Operation, live: object, managed: Managed): ManagedWrite {
  const { manager, subresource } = operation;
  return {
    live: { value: live, schema: scaleSchema() },
    managed,
    manager,
    apiVersion: scaleApiVersion,
    subresource,
    time: services.now(),
    convert: (object, apiVersion) => (apiVersion === scaleApiVersion ? object : undefined),
  };
}

function replaceScale(scope: HandlerScope, operation: Operation, read: ScaleReader): ScaleWrite {
  return (live, managed, validation) => {
    const written = read(withManagers(live, managed), validation);
    const { managedFields: _, ...metadata } = written.metadata;
    const scale = { ...written, metadata };
    const write = managedWrite(scope, operation, live, managed);
    return { scale, managed: updateManagedFields(write, { value: scale, schema: scaleSchema() }, false) };
  };
}

/** A patch sees who owns the Scale. */
function withManagers(scale: autoscalingv1.Scale, managed: Managed): autoscalingv1.Scale {
  if (managed.sets.size === 0) return scale;
  return { ...scale, metadata: { ...scale.metadata, managedFields: encodeManagedFields(managed) } };
}

function applyScale(scope: HandlerScope, operation: Operation, force: boolean): ScaleWrite {
  const patch = patchOf(scope);
  const empty = { kind: 'Scale', apiVersion: scaleApiVersion, ...zeroObject(scaleSchema()) };
  return (live, managed, validation) => {
    const config = applyConfiguration({ ...scaleKind, apiVersion: scaleApiVersion, schema: scaleSchema() }, patch);
    const applied = applyManagedFields(managedWrite(scope, operation, live, managed), config, empty, force);
    const raw = { value: applied.value ?? live, duplicates: [], excerpt: () => '' };
    return { scale: decodeScale(scope, raw, validation), managed: applied.managed };
  };
}

const scaleExpected = () => ({ ...scaleKind, schema: scaleSchema() });

function scaleSchema(): ObjectNode {
  const schema = schemaFor(scaleKind);
  if (!schema) throw new Error('no schema for Scale');
  return schema;
}

type ScaleReader = (current: autoscalingv1.Scale, validation: FieldValidation) => autoscalingv1.Scale;

function decodeScale(scope: HandlerScope, raw: RawBody, fieldValidation: FieldValidation): autoscalingv1.Scale {
  const decoded = decodeBody(scope.context, raw, { expected: scaleExpected(), fieldValidation });
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
    const patched = applyPatch(patch, current as unknown as JsonObject, scaleSchema());
    const served = { ...scope.served, apiVersion: scaleApiVersion, expected: scaleExpected() };
    const options = { dryRun: false, fieldManager: '', fieldValidation: validation, force: undefined };
    const decoded = decodePatched({ ...scope, served }, patched.value, { options, shown: undefined, ...patched });
    return decoded as unknown as autoscalingv1.Scale;
  };
}
