import { csiNodes } from '../../../../api/resources.ts';
import { csiNodeColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const csiNodesDefinition = defineResource(csiNodes, {
  columns: csiNodeColumns,
  strategy: { generation: 'none', returnsDeletedObject: true },
});
