import { clusterRoles } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const clusterRolesDefinition = defineResource(clusterRoles, {
  strategy: { generation: 'none' },
});
