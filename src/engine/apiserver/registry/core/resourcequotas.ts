import { resourceQuotas } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceQuotasDefinition = defineResource(resourceQuotas, {
  shortNames: ['quota'],
  strategy: { generation: 'none', returnsDeletedObject: true },
  status: {},
});
