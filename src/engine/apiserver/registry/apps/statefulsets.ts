import { statefulSets } from '../../../../api/resources.ts';
import { statefulSetColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { workloadScale } from './workload-scale.ts';

export const statefulSetsDefinition = defineResource(statefulSets, {
  columns: statefulSetColumns,
  shortNames: ['sts'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.podManagementPolicy ||= 'OrderedReady';
      spec.updateStrategy ??= {};
      if (!spec.updateStrategy.type) {
        spec.updateStrategy.type = 'RollingUpdate';
        spec.updateStrategy.rollingUpdate ??= {};
      }
      const { type, rollingUpdate } = spec.updateStrategy;
      if (type === 'RollingUpdate' && rollingUpdate) rollingUpdate.partition ??= 0;
      spec.persistentVolumeClaimRetentionPolicy ??= {};
      spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
      spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
      spec.replicas ??= 1;
      spec.revisionHistoryLimit ??= 10;
    },
  },
  status: {},
  scale: workloadScale,
});
