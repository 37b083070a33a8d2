import { nodes } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const nodesDefinition = defineResource(nodes, {
  shortNames: ['no'],
  strategy: { generation: 'none' },
  status: {},
});
