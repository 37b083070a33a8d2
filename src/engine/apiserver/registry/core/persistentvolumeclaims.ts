import { persistentVolumeClaims } from '../../../../api/resources.ts';
import { persistentVolumeClaimColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const persistentVolumeClaimsDefinition = defineResource(persistentVolumeClaims, {
  columns: persistentVolumeClaimColumns,
  shortNames: ['pvc'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    prepareForCreate(draft) {
      draft.status = { phase: 'Pending' };
    },
  },
  status: {},
});
