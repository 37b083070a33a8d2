import { serviceAccounts } from '../../../../api/resources.ts';
import { serviceAccountColumns } from '../tables/core.ts';
import { requestToken } from './service-account-token.ts';
import { defineResource } from '../resource-definition.ts';

export const serviceAccountsDefinition = defineResource(serviceAccounts, {
  columns: serviceAccountColumns,
  shortNames: ['sa'],
  strategy: { generation: 'none', returnsDeletedObject: true },
  subresources: [
    {
      name: 'token',
      kind: 'TokenRequest',
      group: 'authentication.k8s.io',
      version: 'v1',
      verbs: ['create'],
      handle: requestToken,
    },
  ],
});
