import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { presentationFor } from './presentation.ts';

/** One stored object as the request wants it. */
export function presentObject({ context, served, services }: HandlerScope, object: KubernetesObject): object {
  const accepted = negotiate(context.request.headers['accept']);
  if (context.internal && accepted.as === '') return served.fromStorage(object);
  const presentation = presentationFor({
    served,
    managedFields: services.managedFields,
    internal: context.internal,
    accepted,
    includeObject: context.query.get('includeObject'),
    nowMs: services.sim.now(),
  });
  return presentation.object(object);
}
