import { resourceClaimTemplates } from '../../../../api/resources.ts';
import { nameAndAge } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { authorizedForAdmin } from './authorized.ts';
import { validateResourceClaimTemplate, validateResourceClaimTemplateUpdate } from './validation/resource-claim.ts';

export const resourceClaimTemplatesDefinition = defineResource(resourceClaimTemplates, {
  columns: nameAndAge,
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    validate: (template, context) => [
      ...authorizedForAdmin(template.spec?.spec, context),
      ...validateResourceClaimTemplate(template),
    ],
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    validateAgain: validateResourceClaimTemplate,
    validateUpdate: validateResourceClaimTemplateUpdate,
  },
});
