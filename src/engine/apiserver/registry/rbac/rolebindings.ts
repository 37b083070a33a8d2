import { roleBindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const roleBindingsDefinition = defineResource(roleBindings, {
  strategy: { generation: 'none' },
});
