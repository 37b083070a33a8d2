import { flowSchemas } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const flowSchemasDefinition = defineResource(flowSchemas, {
  status: {},
});
