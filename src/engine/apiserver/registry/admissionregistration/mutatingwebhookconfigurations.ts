import { mutatingWebhookConfigurations } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const mutatingWebhookConfigurationsDefinition = defineResource(mutatingWebhookConfigurations, {
  categories: ['api-extensions'],
});
