import { roleBindings } from '../../../../api/resources.ts';
import { roleBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { checkRoleRef, validateRoleBinding } from './validation/rbac.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const roleBindingsDefinition = defineResource(roleBindings, {
  columns: roleBindingColumns,
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: validateRoleBinding,
    validateAgain: validateRoleBinding,
    validateUpdate: checkRoleRef,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    defaults(draft) {
      if (!draft.roleRef.apiGroup) draft.roleRef = { ...draft.roleRef, apiGroup: 'rbac.authorization.k8s.io' };
    },
  },
});
