import type { FieldDescriptions } from '../../api/field-descriptions.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { Sim } from '../sim/sim.ts';
import type { Store } from '../store/store.ts';
import type { ServerServices } from './generic/server-services.ts';
import type { ResourceRegistry } from './resource-registry.ts';

/** What the server's routes and bootstrap see of it. */
export interface ServerAccess {
  readonly sim: Sim;
  readonly store: Store<KubernetesObject>;
  readonly resources: ResourceRegistry;
  readonly services: ServerServices;
  /** `host:port` under which clients reach the server. */
  address(): string;
  /** PEM of the authorities whose client certificates are believed; undefined where there are none. */
  clientCA(): string | undefined;
  /** What OpenAPI documents say of types and fields; empty when the host has no texts. */
  descriptions(): FieldDescriptions;
}
