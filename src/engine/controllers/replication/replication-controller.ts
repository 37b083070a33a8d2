import { replicationControllers } from '../../../api/resources.ts';
import { selectorFromSet } from '../../../apimachinery/labels.ts';
import { defineController } from '../define-controller.ts';
import { startReplicaController } from '../shared/replica-controller.ts';

/**
 * Keeps the number of pods of each ReplicationController what it should be: the ReplicaSet's loop over the older kind.
 *
 * Upstream: pkg/controller/replication (v1.36)
 */
export const replicationController = defineController({
  name: 'replicationcontroller-controller',
  serviceAccount: 'replication-controller',
  start: (run) =>
    startReplicaController(run, {
      ref: replicationControllers,
      component: 'replication-controller',
      selectorOf: (owner) => selectorFromSet(owner.spec?.selector),
      countsTerminating: false,
    }),
});
