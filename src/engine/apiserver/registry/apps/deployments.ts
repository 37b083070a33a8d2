import { deployments } from '../../../../api/resources.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { excludeFields } from '../../../../apimachinery/structured-merge/field-filter.ts';
import { deploymentColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { validateDeployment, validateDeploymentStatusUpdate } from './validation/deployment.ts';
import { nameWarnings, templateWarnings } from './validation/workload-template.ts';
import { workloadScale } from './workload-scale.ts';

export const deploymentsDefinition = defineResource(deployments, {
  columns: deploymentColumns,
  shortNames: ['deploy'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.replicas ??= 1;
      spec.strategy ??= {};
      spec.strategy.type ||= 'RollingUpdate';
      if (spec.strategy.type === 'RollingUpdate') {
        spec.strategy.rollingUpdate ??= {};
        spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
        spec.strategy.rollingUpdate.maxSurge ??= '25%';
      }
      spec.revisionHistoryLimit ??= 10;
      spec.progressDeadlineSeconds ??= 600;
    },
    validate: (object) => validateDeployment(object),
    validateUpdate: validateDeployment,
    warnings: (object, old) => [...(old ? [] : nameWarnings(object)), ...templateWarnings(object, old)],
    // A change of annotations counts too: the controller copies them to replica sets.
    ownGeneration: true,
    prepareForUpdate(draft, old) {
      const same = deepEqual(draft.metadata.annotations ?? {}, old.metadata.annotations ?? {});
      if (!same || !deepEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
  },
  status: {
    validateUpdate: validateDeploymentStatusUpdate,
    resetsMetadata: ['labels'],
    fields: excludeFields(['spec'], ['metadata', 'labels']),
  },
  scale: workloadScale,
});
