import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { StoreEvent } from '../../store/store.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';

interface NodeLike extends KubernetesObject {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly { readonly lastHeartbeatTime?: string }[] };
}

/** Whether a change is mere housekeeping: a lease, or a node that only says it is still there. */
export function isHeartbeat(definition: ResourceDefinition, event: StoreEvent<KubernetesObject>): boolean {
  if (definition.resource === 'leases') return true;
  if (definition.resource !== 'nodes' || definition.group !== '' || !event.previous || event.type === 'delete')
    return false;
  return deepEqual(withoutTimes(event.previous.value), withoutTimes(event.value));
}

function withoutTimes(node: NodeLike): object {
  const conditions = node.status?.conditions?.map(({ lastHeartbeatTime: _, ...rest }) => rest);
  const { resourceVersion: _, managedFields: __, ...metadata } = node.metadata;
  return { metadata, spec: node.spec, status: { ...node.status, conditions } };
}
