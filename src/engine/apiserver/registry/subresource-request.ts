import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import type { ResourceStore } from '../generic/resource-store.ts';
import type { ServerServices } from '../generic/server-services.ts';
import type { RequestContext } from '../request-context.ts';
import type { ServedResource } from '../served-resource.ts';

/** A request to a subresource, or to a kind that is never stored, that is no plain read or write of an object. */
export interface SubresourceRequest {
  readonly context: RequestContext;
  readonly exchange: Exchange;
  readonly services: ServerServices;
  readonly served: ServedResource;
  /** The store of the resource that the subresource belongs to. */
  readonly store: ResourceStore;
  readonly name: string;
  /** The body, decoded by the schema of the subresource's kind; new and writable. @throws StatusError BadRequest */
  body<B extends KubernetesObject>(): B;
  /** A review as it is with the field managers that it would have if it were stored. */
  withManagedFields<T extends object>(object: T): T;
  /** Answers with an object. */
  reply(status: number, object: object): void;
}
