import { clusterRoles } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const clusterRolesDefinition = defineResource(clusterRoles, {
  strategy: { generation: 'none', validateName: nameIsPathSegment },
});
