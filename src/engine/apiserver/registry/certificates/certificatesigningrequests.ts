import { certificateSigningRequests } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const certificateSigningRequestsDefinition = defineResource(certificateSigningRequests, {
  shortNames: ['csr'],
  strategy: { generation: 'none' },
  status: {},
});
