import { apiServices } from '../../../../api/resources.ts';
import { apiServiceColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { localAvailableCondition } from './conditions.ts';
import { validateAPIService, validateAPIServiceStatusUpdate } from './validation/api-service.ts';

export const apiServicesDefinition = defineResource(apiServices, {
  categories: ['api-extensions'],
  columns: apiServiceColumns,
  strategy: {
    generation: 'none',
    allowUnconditionalUpdate: false,
    validatesMetadata: true,
    prepareForCreate(draft, { now }) {
      if (!draft.spec?.service)
        draft.status = { conditions: [{ ...localAvailableCondition, lastTransitionTime: now }] };
    },
    validate: validateAPIService,
    updateChecks: ['metaUpdate', 'own'],
    validateUpdate: validateAPIService,
  },
  status: statusOnly({ validateUpdate: validateAPIServiceStatusUpdate }),
});
