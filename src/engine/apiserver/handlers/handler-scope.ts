import type { Exchange } from '../../../protocol/rest.ts';
import type { ServerServices } from '../generic/server-services.ts';
import type { RequestContext } from '../request-context.ts';
import type { ServedResource } from '../served-resource.ts';

/** Everything one request to a resource needs. */
export interface HandlerScope {
  readonly context: RequestContext;
  readonly exchange: Exchange;
  readonly served: ServedResource;
  readonly services: ServerServices;
}
