/**
 * Who set which field: kept beside the stored objects and worked out only when somebody looks.
 */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Operation, WritableObject } from '../generic/operation.ts';

export class ManagedFieldsTracker {
  /** What the caller sent, before admission changes it. */
  snapshot(_draft: WritableObject, _operation: Operation): object | undefined {
    return undefined;
  }
  record(
    _stored: KubernetesObject,
    _old: KubernetesObject | undefined,
    _submitted: object | undefined,
    _operation: Operation,
  ): void {}
  /** Whether a write that changes no field leaves the managed fields as they are, too. */
  leavesUnchanged(_old: KubernetesObject, _submitted: object | undefined, _operation: Operation): boolean {
    return true;
  }
  /** The new version was made without changing a manager's fields. */
  inherit(_stored: KubernetesObject, _old: KubernetesObject): void {}
  /** `shown` (the stored object, or its form in another version) with `metadata.managedFields`. */
  reveal(_stored: KubernetesObject, shown: KubernetesObject): KubernetesObject {
    return shown;
  }
}
