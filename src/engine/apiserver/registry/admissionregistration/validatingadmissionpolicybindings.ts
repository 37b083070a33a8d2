import { validatingAdmissionPolicyBindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const validatingAdmissionPolicyBindingsDefinition = defineResource(validatingAdmissionPolicyBindings, {
  categories: ['api-extensions'],
});
