import { endpointSlices } from '../../../../api/resources.ts';
import { endpointSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateEndpointSlice } from './validation/endpoint-slice.ts';

export const endpointSlicesDefinition = defineResource(endpointSlices, {
  columns: endpointSliceColumns,
  strategy: { validate: (object) => validateEndpointSlice(object), validateUpdate: validateEndpointSlice },
});
