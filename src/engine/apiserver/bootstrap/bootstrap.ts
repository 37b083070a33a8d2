/** What every cluster has from its start. */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { ServerAccess } from '../server-access.ts';

/** An object as it stands in the store, but for uid, versions and times. */
export interface BootstrapObject {
  readonly group: string;
  readonly resource: string;
  readonly object: KubernetesObject;
}

const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Puts the system's objects into the store, those that are not there yet. */
export function bootstrap(server: ServerAccess): void {
  server.sim.withCause(server.sim.newCause('cluster start'), () => {
    for (const name of systemNamespaces) put(server, namespace(name));
  });
}

function namespace(name: string): BootstrapObject {
  const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
  const object = {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
  return { group: '', resource: 'namespaces', object };
}

/** Stores one object as it is, past admission and validation. */
export function put(
  { resources, store, sim, services }: ServerAccess,
  { group, resource, object }: BootstrapObject,
): void {
  const { name = '', namespace = '' } = object.metadata;
  const key = resources.store(group, resource)?.key(namespace, name);
  if (key === undefined || store.get(key)) return;
  const { labels, annotations, ...rest } = object.metadata;
  store.put(key, 0, (revision) =>
    deepFreeze({
      ...object,
      metadata: {
        ...rest,
        uid: services.uids.uid(),
        resourceVersion: String(revision),
        ...(rest.generation === undefined ? {} : { generation: rest.generation }),
        creationTimestamp: formatTime(sim.now()),
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
      },
    }),
  );
}
