import { horizontalPodAutoscalersV1 } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const horizontalPodAutoscalersV1Definition = defineResource(horizontalPodAutoscalersV1, {
  shortNames: ['hpa'],
  categories: ['all'],
  strategy: { generation: 'none' },
  status: {},
});
