import { leases } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const leasesDefinition = defineResource(leases, {
  strategy: { generation: 'none', allowCreateOnUpdate: true },
});
