import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { groupVersion } from '../../../apimachinery/resource-ref.ts';
import { asDraft, type Operation } from '../generic/operation.ts';
import { runProcess } from '../run-process.ts';
import type { ServerAccess } from '../server-access.ts';

/** Which object the server itself gives a status to. */
export interface OwnStatus {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly manager: string;
  /** `Apply`: as server-side apply records it. */
  readonly operation: 'Apply' | 'Update';
  /** What is applied, where that is less than the status. */
  readonly applied?: object;
}

const apiServer = { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

/** The identity of writes that the server makes itself. */
export function ownOperation(manager: string, apiVersion: string, subresource: string): Operation {
  return {
    user: apiServer,
    namespace: '',
    subresource,
    dryRun: false,
    manager,
    apiVersion,
    method: 'PUT',
    options: {},
    internal: true,
    warn: () => {},
  };
}

/** Sets the status of a cluster-scoped object through its status subresource. */
export function applyOwnStatus(
  server: Pick<ServerAccess, 'resources' | 'services' | 'sim'>,
  target: OwnStatus,
  status: object,
): void {
  const store = server.resources.store(target.group, target.resource);
  if (!store?.entry('', target.name)) return;
  const apiVersion = groupVersion(store.definition);
  const operation = ownOperation(target.manager, apiVersion, 'status');
  const { managedFields } = server.services;
  const process = store.update('', target.name, operation, {
    transform(current) {
      const live = current as KubernetesObject;
      const draft = asDraft({ ...live, metadata: { ...live.metadata }, status });
      if (target.operation === 'Update') return draft;
      const config = { apiVersion, kind: live.kind, metadata: { name: target.name }, status: target.applied ?? status };
      const { managed } = managedFields.apply({ stored: live, live, empty: {}, config, operation, force: true });
      managedFields.applied(draft, managed);
      return draft;
    },
    strategy: {},
  });
  runProcess(
    server.sim,
    process,
    () => {},
    (error) => server.sim.onUnhandled(error, 'apiserver'),
  );
}
