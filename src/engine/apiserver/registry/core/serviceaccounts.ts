import { serviceAccounts } from '../../../../api/resources.ts';
import { serviceAccountColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

export const serviceAccountsDefinition = defineResource(serviceAccounts, {
  columns: serviceAccountColumns,
  shortNames: ['sa'],
  strategy: { generation: 'none', returnsDeletedObject: true },
});
