import { controllerRevisions } from '../../../../api/resources.ts';
import { controllerRevisionColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';

export const controllerRevisionsDefinition = defineResource(controllerRevisions, {
  columns: controllerRevisionColumns,
  strategy: { generation: 'none' },
});
