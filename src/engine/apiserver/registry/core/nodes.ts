import { nodes } from '../../../../api/resources.ts';
import { nodeColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const nodesDefinition = defineResource(nodes, {
  columns: nodeColumns,
  shortNames: ['no'],
  strategy: {
    generation: 'none',
    selectableFieldNames: ['spec.unschedulable'],
    selectableFields: (object) => ({ 'spec.unschedulable': String(object.spec?.unschedulable ?? false) }),
    keepsStatusOnCreate: true,
  },
  status: {},
  etcdPrefix: '/registry/minions',
});
