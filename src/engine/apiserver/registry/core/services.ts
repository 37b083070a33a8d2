import { services } from '../../../../api/resources.ts';
import { serviceColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const servicesDefinition = defineResource(services, {
  columns: serviceColumns,
  shortNames: ['svc'],
  categories: ['all'],
  strategy: { generation: 'none' },
  status: {},
});
