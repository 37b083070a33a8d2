import type * as corev1 from '../../../../api/core/v1.ts';
import { services } from '../../../../api/resources.ts';
import { nameIsDNSLabel } from '../../../../apimachinery/validation.ts';
import { serviceColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { serviceProxy } from '../../connect/proxy.ts';
import { beginService, ipAddressOf } from './service-allocation.ts';
import { dropInternalTrafficPolicy, dropTypeDependentFields, setServiceDefaults } from './service-update.ts';
import { validateServiceCreate, validateServiceStatusUpdate, validateServiceUpdate } from './validation/service.ts';
import { getWarningsForService } from './validation/service-warnings.ts';
import { loadBalancerWarnings } from './validation/status-warnings.ts';

const addressesOf = (service: corev1.Service): readonly string[] =>
  (service.spec?.clusterIPs ?? []).filter((ip) => ip !== '' && ip !== 'None');

function keepAddresses(service: corev1.Service, context: StrategyContext): void {
  for (const ip of addressesOf(service))
    context.system.put('networking.k8s.io', 'ipaddresses', ipAddressOf(service, ip));
}

export const servicesDefinition = defineResource(services, {
  columns: serviceColumns,
  shortNames: ['svc'],
  categories: ['all'],
  strategy: {
    generation: 'none',
    allowCreateOnUpdate: true,
    returnsDeletedObject: true,
    validateName: nameIsDNSLabel,
    validate: validateServiceCreate,
    validateUpdate: validateServiceUpdate,
    warnings: getWarningsForService,
    defaults: setServiceDefaults,
    begin: beginService,
    prepareForCreate(draft) {
      draft.status = { loadBalancer: {} };
    },
    prepareForUpdate: dropTypeDependentFields,
    canonicalize: dropInternalTrafficPolicy,
    afterCreate: keepAddresses,
    afterUpdate(service, old, context) {
      const kept = new Set(addressesOf(service));
      for (const ip of addressesOf(old))
        if (!kept.has(ip)) context.system.remove('networking.k8s.io', 'ipaddresses', '', ip);
      keepAddresses(service, context);
    },
    afterDelete(service, context) {
      for (const ip of addressesOf(service)) context.system.remove('networking.k8s.io', 'ipaddresses', '', ip);
    },
    selectableFieldNames: ['spec.clusterIP', 'spec.type'],
    selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
  },
  status: { validateUpdate: validateServiceStatusUpdate, warnings: loadBalancerWarnings },
  subresources: [serviceProxy],
});
