import { webhookConditionErrors } from '../../admission/policy/expression-errors.ts';
import { validatingWebhookConfigurations } from '../../../../api/resources.ts';
import { webhookColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateWebhookConfiguration } from './validation/webhooks.ts';
import { staticSuffixWarnings } from './validation/static-suffix.ts';

export const validatingWebhookConfigurationsDefinition = defineResource(validatingWebhookConfigurations, {
  columns: webhookColumns,
  categories: ['api-extensions'],
  strategy: {
    countsEmpties: true,
    allowUnconditionalUpdate: false,
    validate: (object) => [...validateWebhookConfiguration(object), ...webhookConditionErrors(object.webhooks)],
    validateUpdate: (object, old) => [
      ...validateWebhookConfiguration(object, old),
      ...webhookConditionErrors(object.webhooks),
    ],
    warnings: staticSuffixWarnings,
  },
});
