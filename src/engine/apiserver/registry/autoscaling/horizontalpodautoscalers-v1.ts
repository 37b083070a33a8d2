import { horizontalPodAutoscalersV1 } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';
import { hpaFromV2, hpaToV2 } from './hpa-conversion.ts';

export const horizontalPodAutoscalersV1Definition = defineResource(horizontalPodAutoscalersV1, {
  shortNames: ['hpa'],
  categories: ['all'],
  strategy: {
    generation: 'none',
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.minReplicas ??= 1;
    },
  },
  status: {},
  storageVersion: 'v2',
  storedAs: {
    group: 'autoscaling',
    resource: 'horizontalpodautoscalers',
    toStorage: (object) => hpaToV2(object as never),
    fromStorage: (object) => hpaFromV2(object as never),
  },
});
