import { replicaSets } from '../../../../api/resources.ts';
import { replicaSetColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
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
    selectableFieldNames: ['status.replicas'],
    selectableFields: (object) => ({ 'status.replicas': String(object.status?.replicas ?? 0) }),
  },
  status: {},
  scale: workloadScale,
});
