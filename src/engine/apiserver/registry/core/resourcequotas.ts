import { resourceQuotas } from '../../../../api/resources.ts';
import { resourceQuotaColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import {
  resourceQuotaWarnings,
  validateResourceQuota,
  validateResourceQuotaStatusUpdate,
  validateResourceQuotaUpdate,
} from './validation/resource-quota.ts';

export const resourceQuotasDefinition = defineResource(resourceQuotas, {
  columns: resourceQuotaColumns,
  shortNames: ['quota'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    validate: validateResourceQuota,
    warnings: (quota, old) => (old ? [] : resourceQuotaWarnings(quota)),
    validateUpdate: validateResourceQuotaUpdate,
  },
  status: { validateUpdate: validateResourceQuotaStatusUpdate },
});
