import type * as corev1 from '../../../../api/core/v1.ts';
import type { Process } from '../../../../process/process.ts';
import { asDraft } from '../../generic/operation.ts';
import { presentObject } from '../../handlers/present-object.ts';
import { operationOf, writeQuery } from '../../handlers/write-options.ts';
import { validateNamespaceFinalizeUpdate } from './validation/namespace.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

/** PUT namespaces/finalize: sets the namespace's own finalizers; without any left, a namespace being deleted goes. */
export function* finalizeNamespace(request: SubresourceRequest): Process<void> {
  const { context, store, name, served } = request;
  const body = request.body<corev1.Namespace>();
  const operation = operationOf(context, served, writeQuery(context, 'UpdateOptions'));
  const { object } = yield* store.update('', name, operation, {
    transform(current) {
      const old = current as corev1.Namespace;
      const finalizers = body.spec?.finalizers ?? [];
      const { finalizers: _, ...rest } = old.spec ?? {};
      const spec = { ...rest, ...(finalizers.length > 0 ? { finalizers } : {}) };
      const resourceVersion = body.metadata.resourceVersion;
      return asDraft({ ...old, metadata: { ...old.metadata, resourceVersion }, spec });
    },
    strategy: { validateUpdate: (object) => validateNamespaceFinalizeUpdate(object as corev1.Namespace) },
  });
  request.reply(200, presentObject(request, object));
}
