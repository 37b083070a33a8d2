import { runtimeClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const runtimeClassesDefinition = defineResource(runtimeClasses, {
  strategy: { generation: 'none' },
});
