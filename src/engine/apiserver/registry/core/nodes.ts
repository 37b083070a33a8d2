import { nodes } from '../../../../api/resources.ts';
import { nodeProxySubresource } from '../../connect/proxy.ts';
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
  subresources: [nodeProxySubresource],
  etcdPrefix: '/registry/minions',
});
