import { podDisruptionBudgets } from '../../../../api/resources.ts';
import { podDisruptionBudgetColumns } from '../tables/workloads.ts';
import { nameIsPathSegment } from '../../../../apimachinery/validation.ts';
import { defineResource } from '../resource-definition.ts';
import {
  validatePodDisruptionBudget,
  validatePodDisruptionBudgetStatusUpdate,
} from './validation/pod-disruption-budget.ts';

export const podDisruptionBudgetsDefinition = defineResource(podDisruptionBudgets, {
  columns: podDisruptionBudgetColumns,
  shortNames: ['pdb'],
  strategy: {
    allowUnconditionalUpdate: false,
    validateName: nameIsPathSegment,
    validate: (object) => validatePodDisruptionBudget(object),
    validateUpdate: validatePodDisruptionBudget,
    updateChecks: ['own'],
  },
  status: { validateUpdate: validatePodDisruptionBudgetStatusUpdate, updateChecks: ['own'] },
});
