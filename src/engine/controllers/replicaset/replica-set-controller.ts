import { replicaSets } from '../../../api/resources.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { defineController } from '../define-controller.ts';
import { startReplicaController } from '../shared/replica-controller.ts';

/**
 * Keeps the number of pods of each ReplicaSet what it should be.
 *
 * Upstream: pkg/controller/replicaset (v1.36)
 */
export const replicaSetController = defineController({
  name: 'replicaset-controller',
  start: (run) =>
    startReplicaController(run, {
      ref: replicaSets,
      component: 'replicaset-controller',
      selectorOf: (owner) => labelSelectorAsSelector(owner.spec?.selector),
      countsTerminating: true,
    }),
});
