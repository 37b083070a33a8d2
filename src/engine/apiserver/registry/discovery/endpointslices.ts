import { endpointSlices } from '../../../../api/resources.ts';
import { endpointSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const endpointSlicesDefinition = defineResource(endpointSlices, {
  columns: endpointSliceColumns,
});
