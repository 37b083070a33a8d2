import { validatingAdmissionPolicyBindings } from '../../../../api/resources.ts';
import { policyBindingColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateValidatingAdmissionPolicyBinding } from './validation/policies.ts';
import { staticSuffixWarnings } from './validation/static-suffix.ts';

export const validatingAdmissionPolicyBindingsDefinition = defineResource(validatingAdmissionPolicyBindings, {
  columns: policyBindingColumns,
  categories: ['api-extensions'],
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateValidatingAdmissionPolicyBinding,
    validateUpdate: (object) => validateValidatingAdmissionPolicyBinding(object),
    warnings: staticSuffixWarnings,
  },
});
