import { podTemplates } from '../../../../api/resources.ts';
import { podTemplateColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const podTemplatesDefinition = defineResource(podTemplates, {
  columns: podTemplateColumns,
  strategy: { returnsDeletedObject: true },
});
