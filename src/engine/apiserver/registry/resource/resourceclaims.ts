import { resourceClaims } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceClaimsDefinition = defineResource(resourceClaims, {
  strategy: { generation: 'none' },
  status: {},
});
