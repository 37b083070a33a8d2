import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { HandlerScope } from './handler-scope.ts';
import { negotiate } from './media-type.ts';
import { presentationFor } from './presentation.ts';

/** One stored object as the request wants it. */
export function presentObject(scope: HandlerScope, object: KubernetesObject): object {
  const { context, served } = scope;
  const accepted = negotiate(context.request.headers['accept']);
  if (context.internal && accepted.as === '') return served.fromStorage(object);
  return presentationFor(scope, accepted).object(object);
}
