import { clusterRoles } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { validateClusterRole } from './validation/rbac.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const clusterRolesDefinition = defineResource(clusterRoles, {
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: (object) => validateClusterRole(object),
    validateUpdate: validateClusterRole,
    updateChecks: ['meta', 'own', 'metaUpdate'],
  },
});
