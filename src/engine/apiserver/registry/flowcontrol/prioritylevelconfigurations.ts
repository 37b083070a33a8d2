import { priorityLevelConfigurations } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const priorityLevelConfigurationsDefinition = defineResource(priorityLevelConfigurations, {
  status: {},
});
