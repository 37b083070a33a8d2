import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { FieldFilter } from '../../../apimachinery/structured-merge/field-filter.ts';
import type { UserInfo } from '../../../protocol/rest.ts';

/** Who writes, how, and what is told about it. */
export interface Operation {
  readonly user: UserInfo;
  /** Namespace of the request; empty for cluster-wide requests. */
  readonly namespace: string;
  readonly subresource: string;
  readonly dryRun: boolean;
  /** The field manager. */
  readonly manager: string;
  /** `apiVersion` that the request speaks, for managed fields. */
  readonly apiVersion: string;
  /** Leaves what the endpoint sets, for managed fields; undefined: everything. */
  readonly fields?: FieldFilter | undefined;
  /** For causes: POST, PUT, PATCH, DELETE. */
  readonly method: string;
  /** The options object of the request, as admission shows it. */
  readonly options: object;
  /** Asked by a component of the engine. */
  readonly internal: boolean;
  warn(text: string): void;
}

/** Preconditions of a write. */
export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** An object on its way into the store: its top level and its metadata may be written. */
export type WritableObject = Record<string, unknown> & { metadata: Record<string, unknown> };

/** Looks at a draft as an object. */
export const asObject = (draft: WritableObject): KubernetesObject => draft as unknown as KubernetesObject;
/** Looks at an object as a draft; only for objects that nobody else holds. */
export const asDraft = (object: object): WritableObject => object as unknown as WritableObject;
