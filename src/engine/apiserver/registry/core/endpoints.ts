import { endpoints } from '../../../../api/resources.ts';
import { endpointsColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { endpointsWarnings, validateEndpoints } from './validation/endpoints.ts';

const deprecation = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

export const endpointsDefinition = defineResource(endpoints, {
  columns: endpointsColumns,
  singular: 'endpoints',
  shortNames: ['ep'],
  etcdPrefix: '/registry/services/endpoints',
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    defaults(draft) {
      for (const { ports = [] } of draft.subsets ?? []) {
        for (const port of ports) if (!port.protocol) port.protocol = 'TCP';
      }
    },
    validate: (object) => validateEndpoints(object),
    validateUpdate: validateEndpoints,
    updateChecks: ['metaUpdate', 'meta', 'own'],
    warnings: endpointsWarnings,
  },
  deprecation,
});
