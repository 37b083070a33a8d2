import { volumeAttributesClasses } from '../../../../api/resources.ts';
import { volumeAttributesClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const volumeAttributesClassesDefinition = defineResource(volumeAttributesClasses, {
  columns: volumeAttributesClassColumns,
  shortNames: ['vac'],
  strategy: { generation: 'none', returnsDeletedObject: true },
});
