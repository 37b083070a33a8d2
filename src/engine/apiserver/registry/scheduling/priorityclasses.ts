import { priorityClasses } from '../../../../api/resources.ts';
import { priorityClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from './validation/priority-class.ts';

export const priorityClassesDefinition = defineResource(priorityClasses, {
  columns: priorityClassColumns,
  shortNames: ['pc'],
  strategy: {
    validate: validatePriorityClass,
    validateUpdate: validatePriorityClassUpdate,
    ownGeneration: true,
    defaults(draft) {
      draft.preemptionPolicy ??= 'PreemptLowerPriority';
    },
  },
});
