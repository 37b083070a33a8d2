import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';
import { horizontalPodAutoscalers } from '../../../../api/resources.ts';
import type { Draft } from '../draft.ts';
import { horizontalPodAutoscalerColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatusUpdate,
} from './validation/horizontal-pod-autoscaler.ts';

type Rules = Draft<autoscalingv2.HPAScalingRules>;

const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
const pods = { type: 'Pods', value: 4, periodSeconds: 15 };

/** Fills scaling rules as soon as a behaviour is stated at all. */
function setBehaviorDefaults(behavior: Draft<autoscalingv2.HorizontalPodAutoscalerBehavior>): void {
  const up = { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ ...pods }, { ...percent }] };
  behavior.scaleUp = { ...(up as Rules), ...behavior.scaleUp };
  behavior.scaleDown = { ...({ selectPolicy: 'Max', policies: [{ ...percent }] } as Rules), ...behavior.scaleDown };
}

export const horizontalPodAutoscalersDefinition = defineResource(horizontalPodAutoscalers, {
  columns: horizontalPodAutoscalerColumns,
  shortNames: ['hpa'],
  categories: ['all'],
  strategy: {
    generation: 'none',
    validate: (object) => validateHorizontalPodAutoscaler(object),
    validateUpdate: validateHorizontalPodAutoscaler,
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.minReplicas ??= 1;
      if ((spec.metrics ?? []).length === 0) {
        const target = { type: 'Utilization', averageUtilization: 80 };
        spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }] as NonNullable<typeof spec.metrics>;
      }
      if (spec.behavior && !Object.isFrozen(spec.behavior)) setBehaviorDefaults(spec.behavior);
    },
  },
  status: { validateUpdate: validateHorizontalPodAutoscalerStatusUpdate },
});
