import { podDisruptionBudgets } from '../../../../api/resources.ts';
import { podDisruptionBudgetColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';

export const podDisruptionBudgetsDefinition = defineResource(podDisruptionBudgets, {
  columns: podDisruptionBudgetColumns,
  shortNames: ['pdb'],
  status: {},
});
