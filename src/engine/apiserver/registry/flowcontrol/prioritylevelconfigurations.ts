import { priorityLevelConfigurations } from '../../../../api/resources.ts';
import { priorityLevelColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const priorityLevelConfigurationsDefinition = defineResource(priorityLevelConfigurations, {
  columns: priorityLevelColumns,
  status: {},
});
