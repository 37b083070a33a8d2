import { clusterRoleBindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const clusterRoleBindingsDefinition = defineResource(clusterRoleBindings, {
  strategy: { generation: 'none' },
});
