import { priorityClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const priorityClassesDefinition = defineResource(priorityClasses, {
  shortNames: ['pc'],
  strategy: {
    defaults(draft) {
      draft.preemptionPolicy ??= 'PreemptLowerPriority';
    },
  },
});
