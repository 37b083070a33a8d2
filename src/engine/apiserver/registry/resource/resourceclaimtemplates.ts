import { resourceClaimTemplates } from '../../../../api/resources.ts';
import { nameIsDNSSubdomain } from '../../../../apimachinery/validation.ts';
import { validateObjectMeta } from '../../generic/object-meta-validation.ts';
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
    validateUpdate: (template, old) => [
      ...validateObjectMeta(template.metadata, true, nameIsDNSSubdomain),
      ...validateResourceClaimTemplateUpdate(template, old),
    ],
  },
});
