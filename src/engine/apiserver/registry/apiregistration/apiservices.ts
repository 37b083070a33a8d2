import { apiServices } from '../../../../api/resources.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';

export const apiServicesDefinition = defineResource(apiServices, {
  categories: ['api-extensions'],
  strategy: { generation: 'none', allowUnconditionalUpdate: false },
  status: statusOnly(),
});
