import { mutatingAdmissionPolicyBindings } from '../../../../api/resources.ts';
import { policyBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateMutatingAdmissionPolicyBinding } from './validation/policies.ts';
import { staticSuffixWarnings } from './validation/static-suffix.ts';

export const mutatingAdmissionPolicyBindingsDefinition = defineResource(mutatingAdmissionPolicyBindings, {
  columns: policyBindingColumns,
  categories: ['api-extensions'],
  storageVersion: 'v1beta1',
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateMutatingAdmissionPolicyBinding,
    validateUpdate: (object) => validateMutatingAdmissionPolicyBinding(object),
    warnings: staticSuffixWarnings,
  },
});
