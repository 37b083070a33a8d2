import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { validatingPolicyErrors } from '../../admission/policy/expression-errors.ts';
import { validatingAdmissionPolicies } from '../../../../api/resources.ts';
import { validatingAdmissionPolicyColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { staticSuffixWarnings } from './validation/static-suffix.ts';
import {
  validateValidatingAdmissionPolicy,
  validateValidatingAdmissionPolicyStatusUpdate,
} from './validation/policies.ts';

export const validatingAdmissionPoliciesDefinition = defineResource(validatingAdmissionPolicies, {
  columns: validatingAdmissionPolicyColumns,
  categories: ['api-extensions'],
  status: statusOnly({ validateUpdate: validateValidatingAdmissionPolicyStatusUpdate }),
  strategy: {
    allowUnconditionalUpdate: false,
    validate: (object) => [...validateValidatingAdmissionPolicy(object), ...validatingPolicyErrors(object)],
    validateUpdate: (object, old) => [
      ...validateValidatingAdmissionPolicy(object, old),
      ...(deepEqual(object.spec, old.spec) ? [] : validatingPolicyErrors(object)),
    ],
    warnings: staticSuffixWarnings,
  },
});
