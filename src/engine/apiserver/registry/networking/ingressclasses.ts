import { ingressClasses } from '../../../../api/resources.ts';
import { ingressClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const ingressClassesDefinition = defineResource(ingressClasses, {
  columns: ingressClassColumns,
  strategy: {
    defaults(draft) {
      const parameters = draft.spec?.parameters;
      if (parameters && parameters.scope === undefined) parameters.scope = 'Cluster';
    },
  },
});
