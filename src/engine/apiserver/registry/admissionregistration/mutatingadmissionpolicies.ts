import { mutatingAdmissionPolicies } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const mutatingAdmissionPoliciesDefinition = defineResource(mutatingAdmissionPolicies, {
  categories: ['api-extensions'],
  storageVersion: 'v1beta1',
});
