import { horizontalPodAutoscalers } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const horizontalPodAutoscalersDefinition = defineResource(horizontalPodAutoscalers, {
  shortNames: ['hpa'],
  categories: ['all'],
  strategy: { generation: 'none' },
  status: {},
});
