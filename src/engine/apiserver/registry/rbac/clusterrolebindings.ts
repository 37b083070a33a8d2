import { clusterRoleBindings } from '../../../../api/resources.ts';
import { roleBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateClusterRoleBinding, validateClusterRoleBindingUpdate } from './validation/rbac.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';

export const clusterRoleBindingsDefinition = defineResource(clusterRoleBindings, {
  columns: roleBindingColumns,
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    validateName: nameIsPathSegment,
    validate: validateClusterRoleBinding,
    validateUpdate: validateClusterRoleBindingUpdate,
    defaults(draft) {
      if (!draft.roleRef.apiGroup) draft.roleRef = { ...draft.roleRef, apiGroup: 'rbac.authorization.k8s.io' };
    },
  },
});
