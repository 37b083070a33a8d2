import { volumeAttributesClasses } from '../../../../api/resources.ts';
import { volumeAttributesClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateVolumeAttributesClass, validateVolumeAttributesClassUpdate } from './validation/storage.ts';

export const volumeAttributesClassesDefinition = defineResource(volumeAttributesClasses, {
  columns: volumeAttributesClassColumns,
  shortNames: ['vac'],
  strategy: {
    validate: (object) => validateVolumeAttributesClass(object),
    validateAgain: (object) => validateVolumeAttributesClass(object),
    validateUpdate: validateVolumeAttributesClassUpdate,
    updateChecks: ['metaUpdate', 'own', 'meta', 'again'],
    generation: 'none',
    returnsDeletedObject: true,
  },
});
