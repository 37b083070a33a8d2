import { validatingAdmissionPolicies } from '../../../../api/resources.ts';
import { validatingAdmissionPolicyColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const validatingAdmissionPoliciesDefinition = defineResource(validatingAdmissionPolicies, {
  columns: validatingAdmissionPolicyColumns,
  categories: ['api-extensions'],
  status: {},
});
