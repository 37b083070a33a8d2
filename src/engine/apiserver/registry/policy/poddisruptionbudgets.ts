import { podDisruptionBudgets } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const podDisruptionBudgetsDefinition = defineResource(podDisruptionBudgets, {
  shortNames: ['pdb'],
  status: {},
});
