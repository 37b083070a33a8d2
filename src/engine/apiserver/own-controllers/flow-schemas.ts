/** Keeps the conditions of flow schemas. Upstream: apiserver/pkg/util/flowcontrol/apf_controller.go (v1.36) */
import type { ServerAccess } from '../server-access.ts';
import { applyFlowSchemaConditions } from './conditions.ts';

const prefix = 'flowcontrol.apiserver.k8s.io/';

/** Watches flow schemas and priority levels; gives what stops it. */
export function followFlowSchemas(server: ServerAccess): () => void {
  const watch = server.store.watch(prefix, server.store.revision, () =>
    server.sim.withCause(undefined, () => applyFlowSchemaConditions(server)),
  );
  return () => watch.stop();
}
