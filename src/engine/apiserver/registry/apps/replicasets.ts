import { replicaSets } from '../../../../api/resources.ts';
import { replicaSetColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { validateReplicaSet, validateReplicaSetStatusUpdate } from './validation/deployment.ts';
import { nameWarnings, templateWarnings } from './validation/workload-template.ts';
import { workloadScale } from './workload-scale.ts';

export const replicaSetsDefinition = defineResource(replicaSets, {
  columns: replicaSetColumns,
  shortNames: ['rs'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.replicas ??= 1;
    },
    validate: (object) => validateReplicaSet(object),
    validateUpdate: validateReplicaSet,
    warnings: (object, old) => [...(old ? [] : nameWarnings(object)), ...templateWarnings(object, old)],
  },
  status: { validateUpdate: validateReplicaSetStatusUpdate },
  scale: workloadScale,
});
