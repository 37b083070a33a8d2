import type * as flowcontrolv1 from '../../../../api/flowcontrol/v1.ts';
import { priorityLevelConfigurations } from '../../../../api/resources.ts';
import { priorityLevelColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { validateConditionTypes } from './validation/conditions.ts';
import { validatePriorityLevel } from './validation/priority-level.ts';

export const priorityLevelConfigurationsDefinition = defineResource(priorityLevelConfigurations, {
  columns: priorityLevelColumns,
  strategy: {
    validate: validatePriorityLevel,
    validateUpdate: (object) => validatePriorityLevel(object),
    updateChecks: ['meta', 'own'],
  },
  status: statusOnly<flowcontrolv1.PriorityLevelConfiguration>({
    updateChecks: ['own'],
    validateUpdate: validateConditionTypes,
  }),
});
