import { ipAddresses } from '../../../../api/resources.ts';
import { ipAddressColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { ipAddressNameComplaints, validateIPAddress, validateIPAddressUpdate } from './validation/cluster.ts';

export const ipAddressesDefinition = defineResource(ipAddresses, {
  columns: ipAddressColumns,
  shortNames: ['ip'],
  strategy: {
    generation: 'none',
    validateName: ipAddressNameComplaints,
    validate: validateIPAddress,
    validateAgain: validateIPAddress,
    validateUpdate: validateIPAddressUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
  },
});
