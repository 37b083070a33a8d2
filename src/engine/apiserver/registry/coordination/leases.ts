import { leases } from '../../../../api/resources.ts';
import { leaseColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateLease } from './validation/lease.ts';

export const leasesDefinition = defineResource(leases, {
  columns: leaseColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateLease,
    validateUpdate: (object) => validateLease(object),
    generation: 'none',
    allowCreateOnUpdate: true,
  },
});
