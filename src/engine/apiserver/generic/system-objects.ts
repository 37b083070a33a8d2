/** Objects that the server itself keeps beside what clients write: stored as they are, past admission and validation. */
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { ServerServices } from './server-services.ts';

/**
 * Stores an object that is not there yet; one that is there stays.
 *
 * @param stated what its manager owns of it; default: all
 */
export function putSystemObject(
  services: ServerServices,
  group: string,
  resource: string,
  object: KubernetesObject,
  manager = 'kube-apiserver',
  stated: KubernetesObject = object,
): void {
  const { name = '', namespace = '' } = object.metadata;
  const key = services.stores.store(group, resource)?.key(namespace, name);
  if (key === undefined || services.store.get(key)) return;
  const { labels, annotations, ...rest } = object.metadata;
  const entry = services.store.put(key, 0, (revision) =>
    deepFreeze({
      ...object,
      metadata: {
        ...rest,
        uid: services.uids.uid(),
        resourceVersion: String(revision),
        creationTimestamp: services.now(),
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
      },
    }),
  );
  if (entry) services.managedFields.own(entry.value, manager, stated);
}

/** Removes an object; one that is not there is no error. */
export function removeSystemObject(
  services: ServerServices,
  group: string,
  resource: string,
  namespace: string,
  name: string,
): void {
  const key = services.stores.store(group, resource)?.key(namespace, name);
  const entry = key === undefined ? undefined : services.store.get(key);
  if (!entry) return;
  services.store.delete(entry.key, entry.modRevision, (revision, last) =>
    deepFreeze({ ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }),
  );
}
