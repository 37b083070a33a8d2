import { roles } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { validateRole } from './validation/rbac.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const rolesDefinition = defineResource(roles, {
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: validateRole,
    validateUpdate: validateRole,
    updateChecks: ['meta', 'own', 'metaUpdate'],
  },
});
