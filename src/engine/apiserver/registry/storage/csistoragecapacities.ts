import { csiStorageCapacities } from '../../../../api/resources.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCSIStorageCapacity, validateCSIStorageCapacityUpdate } from './validation/storage.ts';
import { getWarningsForNodeSelector } from '../core/validation/node-label-warnings.ts';

export const csiStorageCapacitiesDefinition = defineResource(csiStorageCapacities, {
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateCSIStorageCapacity,
    validateAgain: validateCSIStorageCapacity,
    validateUpdate: validateCSIStorageCapacityUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    generation: 'none',
    warnings: ({ nodeTopology }) => getWarningsForNodeSelector(nodeTopology, field.newPath('nodeTopology')),
  },
});
