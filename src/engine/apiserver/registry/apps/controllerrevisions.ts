import { controllerRevisions } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const controllerRevisionsDefinition = defineResource(controllerRevisions, {
  strategy: { generation: 'none' },
});
