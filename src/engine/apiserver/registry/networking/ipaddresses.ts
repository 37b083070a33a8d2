import { ipAddresses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const ipAddressesDefinition = defineResource(ipAddresses, {
  shortNames: ['ip'],
  strategy: { generation: 'none' },
});
