import { resourceSlices } from '../../../../api/resources.ts';
import { resourceSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceSlicesDefinition = defineResource(resourceSlices, {
  columns: resourceSliceColumns,
  strategy: {
    returnsDeletedObject: true,
    selectableFieldNames: ['spec.nodeName', 'spec.driver'],
    selectableFields: ({ spec }) => ({ 'spec.nodeName': spec.nodeName ?? '', 'spec.driver': spec.driver }),
    unknownField: (name) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${name}`,
  },
});
