import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { mutatingPolicyErrors } from '../../admission/policy/expression-errors.ts';
import { mutatingAdmissionPolicies } from '../../../../api/resources.ts';
import { mutatingAdmissionPolicyColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateMutatingAdmissionPolicy } from './validation/policies.ts';
import { staticSuffixWarnings } from './validation/static-suffix.ts';

export const mutatingAdmissionPoliciesDefinition = defineResource(mutatingAdmissionPolicies, {
  columns: mutatingAdmissionPolicyColumns,
  categories: ['api-extensions'],
  storageVersion: 'v1beta1',
  strategy: {
    allowUnconditionalUpdate: false,
    validate: (object) => [...validateMutatingAdmissionPolicy(object), ...mutatingPolicyErrors(object)],
    validateUpdate: (object, old) => [
      ...validateMutatingAdmissionPolicy(object, old),
      ...(deepEqual(object.spec, old.spec) ? [] : mutatingPolicyErrors(object)),
    ],
    warnings: staticSuffixWarnings,
  },
});
