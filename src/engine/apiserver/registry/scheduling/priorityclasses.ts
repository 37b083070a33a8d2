import { priorityClasses } from '../../../../api/resources.ts';
import { priorityClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const priorityClassesDefinition = defineResource(priorityClasses, {
  columns: priorityClassColumns,
  shortNames: ['pc'],
  strategy: {
    defaults(draft) {
      draft.preemptionPolicy ??= 'PreemptLowerPriority';
    },
  },
});
