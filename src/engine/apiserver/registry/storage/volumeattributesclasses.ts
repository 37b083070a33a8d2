import { volumeAttributesClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const volumeAttributesClassesDefinition = defineResource(volumeAttributesClasses, {
  shortNames: ['vac'],
  strategy: { generation: 'none', returnsDeletedObject: true },
});
