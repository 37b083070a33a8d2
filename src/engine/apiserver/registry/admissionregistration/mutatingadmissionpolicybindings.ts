import { mutatingAdmissionPolicyBindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const mutatingAdmissionPolicyBindingsDefinition = defineResource(mutatingAdmissionPolicyBindings, {
  categories: ['api-extensions'],
  storageVersion: 'v1beta1',
});
