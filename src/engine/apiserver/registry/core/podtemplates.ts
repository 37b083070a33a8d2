import { podTemplates } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const podTemplatesDefinition = defineResource(podTemplates, {
  strategy: { returnsDeletedObject: true },
});
