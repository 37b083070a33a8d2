import { csiStorageCapacities } from '../../../../api/resources.ts';
import { csiStorageCapacityColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const csiStorageCapacitiesDefinition = defineResource(csiStorageCapacities, {
  columns: csiStorageCapacityColumns,
  strategy: { generation: 'none' },
});
