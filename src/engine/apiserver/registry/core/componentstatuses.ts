import { componentStatuses } from '../../../../api/resources.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import { componentStatusColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';

const healthy = (name: string): corev1.ComponentStatus =>
  Object.freeze({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: Object.freeze({ name }),
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  });

export const componentStatusesDefinition = defineResource(componentStatuses, {
  columns: componentStatusColumns,
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  // The components run inside the engine: where there is an answer, they are well.
  computed: ['controller-manager', 'etcd-0', 'scheduler'].map(healthy),
});
