import { endpointSlices } from '../../../../api/resources.ts';
import { endpointSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { endpointSliceWarnings, validateEndpointSlice } from './validation/endpoint-slice.ts';

export const endpointSlicesDefinition = defineResource(endpointSlices, {
  columns: endpointSliceColumns,
  strategy: {
    warnings: endpointSliceWarnings,
    validate: (object) => validateEndpointSlice(object),
    validateUpdate: validateEndpointSlice,
  },
});
