import { validatingAdmissionPolicyBindings } from '../../../../api/resources.ts';
import { policyBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const validatingAdmissionPolicyBindingsDefinition = defineResource(validatingAdmissionPolicyBindings, {
  columns: policyBindingColumns,
  categories: ['api-extensions'],
});
