import { apiServices } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const apiServicesDefinition = defineResource(apiServices, {
  categories: ['api-extensions'],
  strategy: { generation: 'none' },
  status: {},
});
