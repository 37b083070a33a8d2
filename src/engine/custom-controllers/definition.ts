/** What a person writes to have a controller of their own. The guide is docs/writing-a-controller.md. */
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import type { Process } from '../../process/process.ts';
import type * as rbacv1 from '../../api/rbac/v1.ts';

/** `plural.version.group`; `plural.version` for the core group: `websites.v1.example.com`, `pods.v1`. */
export type ResourceName = string;

export interface ControllerDefinition {
  /** A DNS label; another definition of the same name takes this one's place. */
  readonly name: string;
  /** The resource it looks after: each change enqueues the object's key. */
  readonly for: ResourceName;
  /** Resources it makes: their changes enqueue the key of the object that controls them. */
  readonly owns?: readonly ResourceName[];
  /** What its service account may do; by default all that `for` and `owns` ask for. */
  readonly rbac?: readonly rbacv1.PolicyRule[];
  /** Keys handled side by side; 1 unless told. */
  readonly workers?: number;
  /** Brings the world of one object nearer to what is wanted. What it throws is shown, and the key comes again, later each time. */
  reconcile(context: ReconcileContext): Process<ReconcileResult | undefined | void>;
}

export interface ReconcileResult {
  /** Looks again after so many ms of virtual time. */
  readonly requeueAfterMs?: number;
}

/** What a reconcile gets. Objects are frozen and shared: make new ones, change none. */
export interface ReconcileContext {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** The object as the informer has it; undefined when it is gone. */
  readonly object: KubernetesObject | undefined;
  /** The client of the controller's own service account. */
  readonly client: Client;
  resource(name: ResourceName, namespace?: string): ResourceClient<KubernetesObject>;
  /** The objects of an owned resource that this object controls, from the informer. */
  owned(name: ResourceName): readonly KubernetesObject[];
  /** Applies an object as this controller's (server-side apply, forced), with this object as its owner and in its namespace. */
  apply(object: KubernetesObject): Process<KubernetesObject>;
  /** Merges into the object's status, if that changes anything. */
  updateStatus(status: object): Process<void>;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  log(...values: readonly unknown[]): void;
  /** Virtual ms since the Unix epoch. */
  now(): number;
  sleep(ms: number): Process<void>;
}

/** Makes a definition of what was loaded. @throws Error that says what is wrong */
export function checkedDefinition(value: unknown): ControllerDefinition {
  const definition = (typeof value === 'object' && value !== null ? value : {}) as Partial<ControllerDefinition>;
  const { name, for: target, owns = [], reconcile } = definition;
  if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw new Error('a controller needs a name: small letters, digits and dashes');
  for (const resource of [target, ...owns])
    if (typeof resource !== 'string' || !/^[a-z0-9-]+\.v[a-z0-9]+(\.[a-z0-9.-]+)?$/.test(resource))
      throw new Error(
        `${JSON.stringify(resource)} is no resource: write plural.version.group, such as deployments.v1.apps`,
      );
  if (typeof reconcile !== 'function') throw new Error('a controller needs a reconcile: *reconcile(context) { … }');
  return definition as ControllerDefinition;
}
