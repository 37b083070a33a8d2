import { configMaps } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const configMapsDefinition = defineResource(configMaps, {
  shortNames: ['cm'],
  strategy: { generation: 'none' },
});
