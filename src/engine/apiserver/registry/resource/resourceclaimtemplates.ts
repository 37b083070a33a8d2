import { resourceClaimTemplates } from '../../../../api/resources.ts';
import { nameAndAge } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceClaimTemplatesDefinition = defineResource(resourceClaimTemplates, {
  columns: nameAndAge,
  strategy: { generation: 'none', returnsDeletedObject: true },
});
