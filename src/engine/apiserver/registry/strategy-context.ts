import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { UserInfo } from '../../../protocol/rest.ts';
import type { Random } from '../../sim/random.ts';
import type { Authorizer } from '../authorization/attributes.ts';

/** Reads of stored objects by resource, for strategies and admission. Objects are frozen. */
export interface ObjectReader {
  /** `group` is empty for core. */
  get<T extends KubernetesObject>(group: string, resource: string, namespace: string, name: string): T | undefined;
  /** An empty namespace lists all. */
  list<T extends KubernetesObject>(group: string, resource: string, namespace?: string): readonly T[];
}

/** Writes of objects that the server keeps beside what clients write. */
export interface SystemWrites {
  /** Stores an object that is not there yet. */
  put(group: string, resource: string, object: KubernetesObject): void;
  remove(group: string, resource: string, namespace: string, name: string): void;
}

/** What a strategy may know of the request it serves. */
export interface StrategyContext {
  readonly user: UserInfo;
  readonly namespace: string;
  /** Group and version that the request speaks: one stored resource may be served under several. */
  readonly apiVersion: string;
  /** The present time as RFC 3339, in seconds. */
  readonly now: string;
  readonly dryRun: boolean;
  readonly subresource: string;
  /** As authorization names the request: `create`, `update`, `patch` … */
  readonly verb: string;
  readonly authorizer: Authorizer;
  readonly random: Random;
  readonly objects: ObjectReader;
  readonly system: SystemWrites;
  warn(text: string): void;
}
