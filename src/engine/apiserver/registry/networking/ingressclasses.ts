import { ingressClasses } from '../../../../api/resources.ts';
import { ingressClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateIngressClass, validateIngressClassUpdate } from './validation/cluster.ts';

export const ingressClassesDefinition = defineResource(ingressClasses, {
  columns: ingressClassColumns,
  strategy: {
    validate: (object) => validateIngressClass(object),
    validateAgain: (object) => validateIngressClass(object),
    validateUpdate: validateIngressClassUpdate,
    updateChecks: ['metaUpdate', 'own', 'meta', 'again'],
    defaults(draft) {
      const parameters = draft.spec?.parameters;
      if (parameters) parameters.scope ??= 'Cluster';
    },
  },
});
