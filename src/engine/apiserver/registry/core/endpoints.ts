import { endpoints } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const endpointsDefinition = defineResource(endpoints, {
  shortNames: ['ep'],
  strategy: { generation: 'none' },
});
