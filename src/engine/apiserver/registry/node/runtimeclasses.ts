import { runtimeClasses } from '../../../../api/resources.ts';
import { runtimeClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const runtimeClassesDefinition = defineResource(runtimeClasses, {
  columns: runtimeClassColumns,
  strategy: { generation: 'none', allowCreateOnUpdate: true },
});
