import { persistentVolumes } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const persistentVolumesDefinition = defineResource(persistentVolumes, {
  shortNames: ['pv'],
  strategy: { generation: 'none' },
  status: {},
});
