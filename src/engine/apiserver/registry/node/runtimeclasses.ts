import { runtimeClasses } from '../../../../api/resources.ts';
import { runtimeClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateRuntimeClass, validateRuntimeClassUpdate } from './validation/runtime-class.ts';
import { getWarningsForRuntimeClass } from '../core/validation/node-label-warnings.ts';

export const runtimeClassesDefinition = defineResource(runtimeClasses, {
  columns: runtimeClassColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    validate: validateRuntimeClass,
    validateAgain: validateRuntimeClass,
    validateUpdate: validateRuntimeClassUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    generation: 'none',
    warnings: getWarningsForRuntimeClass,
    allowCreateOnUpdate: true,
  },
});
