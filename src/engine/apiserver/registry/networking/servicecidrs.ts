import { serviceCIDRs } from '../../../../api/resources.ts';
import { serviceCIDRColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { validateServiceCIDR, validateServiceCIDRUpdate } from './validation/cluster.ts';

export const serviceCIDRsDefinition = defineResource(serviceCIDRs, {
  columns: serviceCIDRColumns,
  strategy: { generation: 'none', validate: validateServiceCIDR, validateUpdate: validateServiceCIDRUpdate },
  status: statusOnly(),
});
