/**
 * Empties terminating namespaces and lets them go.
 *
 * Reads namespaces through an informer and all else by discovery; writes the namespace's status and its finalizers.
 * Upstream: pkg/controller/namespace/namespace_controller.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { namespaces } from '../../../api/resources.ts';
import { ExponentialFailureRateLimiter } from '../../../client/rate-limiters.ts';
import { defineController } from '../define-controller.ts';
import { deleteNamespace, ResourcesRemainingError } from './namespaced-resources-deleter.ts';

const deletionGraceMs = 5000;

export const namespaceController = defineController({
  name: 'namespace-controller',
  start(run) {
    const informer = run.informer(namespaces);
    const queue = run.queue(new ExponentialFailureRateLimiter(5, 60_000));
    const enqueue = (namespace: corev1.Namespace) => {
      const { deletionTimestamp, name = '' } = namespace.metadata;
      // The pause lets caches of other API servers hear that nothing may be created any more.
      if (deletionTimestamp !== undefined) queue.addAfter(name, deletionGraceMs);
    };
    run.watch(informer, { add: enqueue, update: (_, namespace) => enqueue(namespace) });
    run.work({
      queue,
      informers: [informer],
      workers: 10,
      *reconcile(name) {
        try {
          yield* deleteNamespace(run.client, name, () => run.now());
        } catch (error) {
          if (!(error instanceof ResourcesRemainingError)) throw error;
          queue.addAfter(name, (Math.floor(error.estimateSeconds / 2) + 1) * 1000);
        }
      },
    });
  },
});
