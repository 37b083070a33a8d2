import { horizontalPodAutoscalersV1 } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { hpaFromV2, hpaToV2 } from './hpa-conversion.ts';
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatusUpdate,
} from './validation/horizontal-pod-autoscaler.ts';

export const horizontalPodAutoscalersV1Definition = defineResource(horizontalPodAutoscalersV1, {
  shortNames: ['hpa'],
  categories: ['all'],
  strategy: {
    generation: 'none',
    validate: (object) => validateHorizontalPodAutoscaler(hpaToV2(object)),
    validateUpdate: (object, old) => validateHorizontalPodAutoscaler(hpaToV2(object), hpaToV2(old)),
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.minReplicas ??= 1;
    },
  },
  status: { validateUpdate: (object) => validateHorizontalPodAutoscalerStatusUpdate(hpaToV2(object)) },
  storageVersion: 'v2',
  storedAs: {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    toStorage: (object) => hpaToV2(object as never),
    fromStorage: (object) => hpaFromV2(object as never),
  },
});
