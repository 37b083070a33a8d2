import { networkPolicies } from '../../../../api/resources.ts';
import { networkPolicyColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { networkPolicyWarnings, validateNetworkPolicy } from './validation/network-policy.ts';

export const networkPoliciesDefinition = defineResource(networkPolicies, {
  columns: networkPolicyColumns,
  shortNames: ['netpol'],
  strategy: {
    countsEmpties: true,
    validate: (object) => validateNetworkPolicy(object),
    validateUpdate: validateNetworkPolicy,
    warnings: networkPolicyWarnings,
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      if ((spec.policyTypes ?? []).length > 0) return;
      spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    },
  },
});
