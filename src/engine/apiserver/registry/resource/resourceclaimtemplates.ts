import { resourceClaimTemplates } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceClaimTemplatesDefinition = defineResource(resourceClaimTemplates, {
  strategy: { generation: 'none' },
});
