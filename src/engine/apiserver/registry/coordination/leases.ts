import { leases } from '../../../../api/resources.ts';
import { leaseColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const leasesDefinition = defineResource(leases, {
  columns: leaseColumns,
  strategy: { generation: 'none', allowCreateOnUpdate: true },
});
