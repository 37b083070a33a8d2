import { controllerRevisions } from '../../../../api/resources.ts';
import { controllerRevisionColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { validateControllerRevision, validateControllerRevisionUpdate } from './validation/controller-revision.ts';

export const controllerRevisionsDefinition = defineResource(controllerRevisions, {
  columns: controllerRevisionColumns,
  strategy: {
    generation: 'none',
    validate: validateControllerRevision,
    validateUpdate: validateControllerRevisionUpdate,
  },
});
