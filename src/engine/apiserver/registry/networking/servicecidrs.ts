import { serviceCIDRs } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const serviceCIDRsDefinition = defineResource(serviceCIDRs, {
  strategy: { generation: 'none' },
  status: {},
});
