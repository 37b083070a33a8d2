import { roles } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const rolesDefinition = defineResource(roles, {
  strategy: { generation: 'none' },
});
