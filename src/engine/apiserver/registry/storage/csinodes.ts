import { csiNodes } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const csiNodesDefinition = defineResource(csiNodes, {
  strategy: { generation: 'none', returnsDeletedObject: true },
});
