import { volumeAttributesClasses } from '../../../../api/resources.ts';
import { volumeAttributesClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateVolumeAttributesClass } from './validation/storage.ts';

export const volumeAttributesClassesDefinition = defineResource(volumeAttributesClasses, {
  columns: volumeAttributesClassColumns,
  shortNames: ['vac'],
  strategy: {
    validate: (object) => validateVolumeAttributesClass(object),
    validateUpdate: validateVolumeAttributesClass,
    generation: 'none',
    returnsDeletedObject: true,
  },
});
