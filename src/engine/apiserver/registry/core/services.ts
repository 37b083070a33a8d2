import { services } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const servicesDefinition = defineResource(services, {
  shortNames: ['svc'],
  categories: ['all'],
  strategy: { generation: 'none' },
  status: {},
});
