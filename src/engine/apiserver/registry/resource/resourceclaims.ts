import { resourceClaims } from '../../../../api/resources.ts';
import { resourceClaimColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';

export const resourceClaimsDefinition = defineResource(resourceClaims, {
  columns: resourceClaimColumns,
  strategy: { generation: 'none' },
  status: statusOnly(),
});
