import { clusterRoleBindings } from '../../../../api/resources.ts';
import { roleBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { checkRoleRef, validateClusterRoleBinding } from './validation/rbac.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const clusterRoleBindingsDefinition = defineResource(clusterRoleBindings, {
  columns: roleBindingColumns,
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: validateClusterRoleBinding,
    validateAgain: validateClusterRoleBinding,
    validateUpdate: checkRoleRef,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    defaults(draft) {
      if (!draft.roleRef.apiGroup) draft.roleRef = { ...draft.roleRef, apiGroup: 'rbac.authorization.k8s.io' };
    },
  },
});
