import { validatingAdmissionPolicies } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const validatingAdmissionPoliciesDefinition = defineResource(validatingAdmissionPolicies, {
  categories: ['api-extensions'],
  status: {},
});
