import { flowSchemas } from '../../../../api/resources.ts';
import { flowSchemaColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const flowSchemasDefinition = defineResource(flowSchemas, {
  columns: flowSchemaColumns,
  status: {},
});
