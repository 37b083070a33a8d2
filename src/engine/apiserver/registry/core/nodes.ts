import { nodes } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const nodesDefinition = defineResource(nodes, {
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
