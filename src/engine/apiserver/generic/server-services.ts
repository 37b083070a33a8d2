import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Random } from '../../sim/random.ts';
import type { Sim } from '../../sim/sim.ts';
import type { Store } from '../../store/store.ts';
import type { AdmissionChain } from '../admission/admission.ts';
import type { ResourceStore } from './resource-store.ts';
import type { ManagedFieldsTracker } from '../managed-fields/tracker.ts';
import type { Authenticator } from '../authentication/authenticator.ts';
import type { ServiceAccountTokens } from '../authentication/service-account-token.ts';
import type { AuthorizerChain } from '../authorization/chain.ts';
import type { ObjectTexts } from '../encoding/object-texts.ts';
import type { WatchFrames } from '../handlers/watch-frames.ts';
import type { NodeProxy, ServiceResolver } from '../outward.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';

/** Finds the store of a resource. */
export interface StoreFinder {
  store(group: string, resource: string): ResourceStore | undefined;
}

/** Finds what serves a kind. */
export interface KindFinder {
  definitionOfKind(group: string, version: string, kind: string): ResourceDefinition | undefined;
}

/** What every resource's store needs of its server. */
export interface ServerServices {
  readonly sim: Sim;
  readonly store: Store<KubernetesObject>;
  readonly admission: AdmissionChain;
  readonly managedFields: ManagedFieldsTracker;
  readonly authorizer: AuthorizerChain;
  readonly authenticator: Authenticator;
  readonly tokens: ServiceAccountTokens;
  readonly objects: ObjectReader;
  /** The stores of other resources, for writes that follow from a write. */
  readonly stores: StoreFinder;
  readonly watchFrames: WatchFrames;
  readonly texts: ObjectTexts;
  /** The present time as RFC 3339, in seconds. */
  now(): string;
  readonly nodeProxy: NodeProxy | undefined;
  readonly serviceResolver: ServiceResolver | undefined;
  /** Chance for uids. */
  readonly uids: Random;
  /** Chance for generated names, ports and the like. */
  readonly names: Random;
}
