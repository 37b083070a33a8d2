import { customResourceDefinitions } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const customResourceDefinitionsDefinition = defineResource(customResourceDefinitions, {
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  strategy: {
    defaults(draft) {
      const { spec } = draft;
      if (!spec || Object.isFrozen(spec)) return;
      if (!spec.names.singular) spec.names.singular = spec.names.kind.toLowerCase();
      if (!spec.names.listKind && spec.names.kind) spec.names.listKind = `${spec.names.kind}List`;
      spec.conversion ??= { strategy: 'None' };
    },
  },
  status: {},
  storageVersion: 'v1beta1',
});
