import { resourceSlices } from '../../../../api/resources.ts';
import { resourceSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceSlicesDefinition = defineResource(resourceSlices, {
  columns: resourceSliceColumns,
});
