import type * as batchv1 from '../../../api/batch/v1.ts';
import { jobs } from '../../../api/resources.ts';
import { metaNamespaceKey, splitMetaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import { defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';

/** When a job may be deleted, in ms; undefined while it runs, or when it is to be kept. */
function expiry(job: batchv1.Job): number | undefined {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const finished = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  const since = timeOf(finished?.lastTransitionTime);
  return since === undefined ? undefined : since + seconds * 1000;
}

/**
 * Deletes finished jobs when their time is up.
 *
 * Upstream: pkg/controller/ttlafterfinished (v1.36)
 */
export const ttlAfterFinishedController = defineController({
  name: 'ttl-after-finished-controller',
  start(run) {
    const informer = run.informer(jobs);
    const queue = run.queue();
    const enqueue = (job: batchv1.Job) => {
      const at = expiry(job);
      if (at !== undefined) queue.addAfter(metaNamespaceKey(job), at - run.now());
    };
    run.watch(informer, { add: enqueue, update: (_, job) => enqueue(job) });
    run.work({
      queue,
      informers: [informer],
      *reconcile(key) {
        const known = informer.store.get(key);
        const at = known && expiry(known);
        if (at === undefined) return;
        if (at > run.now()) return queue.addAfter(key, at - run.now());
        const { namespace, name } = splitMetaNamespaceKey(key);
        const resource = run.client.resource(jobs, namespace);
        // The view may be behind: somebody may have given the job more time.
        const fresh = yield* ignoreNotFound(resource.get(name));
        const freshAt = fresh && expiry(fresh);
        if (freshAt === undefined) return;
        if (freshAt > run.now()) return queue.addAfter(key, freshAt - run.now());
        const preconditions = { uid: fresh?.metadata.uid ?? '' };
        yield* ignoreNotFound(resource.delete(name, { propagationPolicy: 'Foreground', preconditions }));
      },
    });
  },
});
