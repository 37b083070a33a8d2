import { configMaps } from '../../../../api/resources.ts';
import { configMapColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validateConfigMap, validateConfigMapUpdate } from './validation/config-data.ts';

export const configMapsDefinition = defineResource(configMaps, {
  columns: configMapColumns,
  shortNames: ['cm'],
  strategy: {
    generation: 'none',
    validate: validateConfigMap,
    validateAgain: validateConfigMap,
    validateUpdate: validateConfigMapUpdate,
    updateChecks: ['metaUpdate', 'own', 'meta', 'again'],
  },
});
