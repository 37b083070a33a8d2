import type * as flowcontrolv1 from '../../../../api/flowcontrol/v1.ts';
import { flowSchemas } from '../../../../api/resources.ts';
import { flowSchemaColumns } from '../tables/cluster.ts';
import { defineResource, statusOnly } from '../resource-definition.ts';
import { validateConditionTypes } from './validation/conditions.ts';
import { validateFlowSchema } from './validation/flow-schema.ts';

export const flowSchemasDefinition = defineResource(flowSchemas, {
  columns: flowSchemaColumns,
  strategy: {
    validate: validateFlowSchema,
    validateUpdate: (object) => validateFlowSchema(object),
    updateChecks: ['meta', 'own'],
  },
  status: statusOnly<flowcontrolv1.FlowSchema>({ updateChecks: ['own'], validateUpdate: validateConditionTypes }),
});
