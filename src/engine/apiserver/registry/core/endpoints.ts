import { endpoints } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

const deprecation = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

export const endpointsDefinition = defineResource(endpoints, {
  singular: 'endpoints',
  shortNames: ['ep'],
  strategy: { generation: 'none' },
  deprecation,
});
