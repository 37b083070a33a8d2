import { validatingWebhookConfigurations } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const validatingWebhookConfigurationsDefinition = defineResource(validatingWebhookConfigurations, {
  categories: ['api-extensions'],
});
