import { ingresses } from '../../../../api/resources.ts';
import { ingressColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { ingressWarnings, validateIngress, validateIngressStatusUpdate } from './validation/ingress.ts';
import { loadBalancerWarnings } from '../core/validation/status-warnings.ts';

export const ingressesDefinition = defineResource(ingresses, {
  columns: ingressColumns,
  shortNames: ['ing'],
  strategy: {
    validate: (object) => validateIngress(object),
    validateUpdate: validateIngress,
    updateChecks: ['metaUpdate', 'meta', 'own'],
    warnings: ingressWarnings,
  },
  status: { validateUpdate: validateIngressStatusUpdate, warnings: loadBalancerWarnings },
});
