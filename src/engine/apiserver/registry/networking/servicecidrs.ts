import { serviceCIDRs } from '../../../../api/resources.ts';
import { serviceCIDRColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const serviceCIDRsDefinition = defineResource(serviceCIDRs, {
  columns: serviceCIDRColumns,
  strategy: { generation: 'none' },
  status: {},
});
