import { csiStorageCapacities } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCSIStorageCapacity, validateCSIStorageCapacityUpdate } from './validation/storage.ts';

export const csiStorageCapacitiesDefinition = defineResource(csiStorageCapacities, {
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateCSIStorageCapacity,
    validateAgain: validateCSIStorageCapacity,
    validateUpdate: validateCSIStorageCapacityUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    generation: 'none',
  },
});
