import { nodes } from '../../../../api/resources.ts';
import { nodeProxySubresource } from '../../connect/proxy.ts';
import { nodeColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { nodeWarnings, validateNode, validateNodeUpdate } from './validation/node.ts';

export const nodesDefinition = defineResource(nodes, {
  columns: nodeColumns,
  shortNames: ['no'],
  strategy: {
    generation: 'none',
    defaults(draft) {
      const { spec } = draft;
      if (!spec?.podCIDR && !spec?.podCIDRs?.length) return;
      const [first] = spec.podCIDRs ?? [];
      if (spec.podCIDR && spec.podCIDR !== first) draft.spec = { ...spec, podCIDRs: [spec.podCIDR] };
      else if (!spec.podCIDR && first) draft.spec = { ...spec, podCIDR: first };
    },
    selectableFieldNames: ['spec.unschedulable'],
    selectableFields: (object) => ({ 'spec.unschedulable': String(object.spec?.unschedulable ?? false) }),
    keepsStatusOnCreate: true,
    prepareForCreate(draft) {
      if (!draft.spec?.configSource) return;
      const { configSource: _, ...spec } = draft.spec;
      draft.spec = spec;
    },
    prepareForUpdate(draft, old) {
      if (!draft.spec?.configSource || old.spec?.configSource) return;
      const { configSource: _, ...spec } = draft.spec;
      draft.spec = spec;
    },
    validate: validateNode,
    validateAgain: (object) => validateNode(object),
    validateUpdate: validateNodeUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    warnings: nodeWarnings,
  },
  status: {
    prepareForUpdate(draft, old) {
      if (!draft.status?.config || old.status?.config) return;
      const { config: _, ...status } = draft.status;
      draft.status = status;
    },
    validateUpdate: validateNodeUpdate,
  },
  subresources: [nodeProxySubresource],
  etcdPrefix: '/registry/minions',
});
