import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import { isConflict } from '../../../apimachinery/status-error.ts';
import type { ResourceClient } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';

/**
 * Updates an object's status; after a conflict once more on what the server has now. Gives undefined when `change` finds
 * nothing to write.
 */
export function* updateStatusWithRetry<T extends KubernetesObject>(
  resource: ResourceClient<T>,
  object: T,
  change: (object: T) => T | undefined,
  retries = 1,
): Process<T | undefined> {
  let current = object;
  for (let attempt = 0; ; attempt++) {
    const next = change(current);
    if (!next) return undefined;
    try {
      return yield* resource.updateStatus(next);
    } catch (error) {
      if (!isConflict(error) || attempt >= retries) throw error;
      current = yield* resource.get(object.metadata.name ?? '');
    }
  }
}
