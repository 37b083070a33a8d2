import { persistentVolumeClaims } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const persistentVolumeClaimsDefinition = defineResource(persistentVolumeClaims, {
  shortNames: ['pvc'],
  strategy: { generation: 'none' },
  status: {},
});
