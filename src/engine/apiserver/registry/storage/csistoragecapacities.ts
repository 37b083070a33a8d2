import { csiStorageCapacities } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const csiStorageCapacitiesDefinition = defineResource(csiStorageCapacities, {
  strategy: { generation: 'none' },
});
