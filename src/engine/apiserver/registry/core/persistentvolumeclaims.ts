import { persistentVolumeClaims } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const persistentVolumeClaimsDefinition = defineResource(persistentVolumeClaims, {
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
