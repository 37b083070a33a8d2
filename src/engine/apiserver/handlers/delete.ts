/** DELETE of an object or a collection. Upstream: apiserver/pkg/endpoints/handlers/delete.go (v1.36) */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { DeleteResult } from '../generic/resource-store.ts';
import type { DeleteOptions } from '../generic/deletion.ts';
import { deleteOptions } from './delete-options.ts';
import type { HandlerScope } from './handler-scope.ts';
import { listQuery } from './list-options.ts';
import { listObjects } from './list.ts';
import { negotiate } from './media-type.ts';
import { presentObject } from './present-object.ts';
import { presentationFor } from './presentation.ts';
import { reply } from './respond.ts';
import { operationOf } from './write-options.ts';

/** Answers a delete. @throws StatusError */
export function* handleDelete(scope: HandlerScope): Process<void> {
  const { context, exchange, served } = scope;
  negotiate(context.request.headers['accept']);
  const options = deleteOptions(context);
  const result = yield* deleteOne(scope, context.info.name, options);
  const { strategy } = served.definition;
  if (!result.deleted || strategy.returnsDeletedObject) {
    reply(exchange, context, 200, presentObject(scope, result.object));
  } else reply(exchange, context, 200, successOf(scope, result.object));
}

/** Deleting a job keeps its pods unless told. Upstream: pkg/registry/batch/job/storage (v1.36) */
function warnOfKeptPods({ context, served }: HandlerScope, options: DeleteOptions): void {
  const { group, resource, strategy } = served.definition;
  if (group !== 'batch' || resource !== 'jobs' || strategy.defaultGarbageCollection !== 'Orphan') return;
  if (options.propagationPolicy !== undefined || options.orphanDependents !== undefined) return;
  context.warnings.add(
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  );
}

function deleteOne(
  scope: HandlerScope,
  name: string,
  options: DeleteOptions,
  namespace?: string,
): Process<DeleteResult> {
  const { context, served } = scope;
  const at = namespace ?? (served.definition.namespaced ? context.info.namespace : '');
  warnOfKeptPods(scope, options);
  const dryRun = options.dryRun !== undefined && options.dryRun.length > 0;
  const operation = operationOf(context, served, { dryRun, fieldManager: '' }, options);
  return served.store.delete(at, name, options, operation);
}

function successOf({ served, context }: HandlerScope, object: KubernetesObject): object {
  const { group, resource } = served.definition;
  const { name, uid } = object.metadata;
  const details = { name: name ?? context.info.name, ...(group === '' ? {} : { group }), kind: resource, uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Deletes everything a list finds; answers with what it was. @throws StatusError */
export function* handleDeleteCollection(scope: HandlerScope): Process<void> {
  const { context, exchange } = scope;
  const accepted = negotiate(context.request.headers['accept']);
  const query = listQuery(context.query, false);
  const options = deleteOptions(context);
  const { items, metadata } = listObjects(scope, query);
  const gone: KubernetesObject[] = [];
  for (const item of items) {
    try {
      const { name = '', namespace = '' } = item.metadata;
      yield* deleteOne(scope, name, options, namespace);
      gone.push(item);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  const presentation = presentationFor(scope, accepted);
  reply(exchange, context, 200, presentation.list(gone, metadata));
}
