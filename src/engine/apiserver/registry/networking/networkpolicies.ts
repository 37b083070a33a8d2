import { networkPolicies } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const networkPoliciesDefinition = defineResource(networkPolicies, {
  shortNames: ['netpol'],
});
