import { serviceAccounts } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const serviceAccountsDefinition = defineResource(serviceAccounts, {
  shortNames: ['sa'],
  strategy: { generation: 'none', returnsDeletedObject: true },
});
