import type * as corev1 from '../../../../api/core/v1.ts';
import { replicationControllers } from '../../../../api/resources.ts';
import { labelsToString } from '../../../../apimachinery/labels.ts';
import { nameIsLongName } from '../../../../apimachinery/validation.ts';
import { replicationControllerColumns } from '../tables/core.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';
import { dropDisabledTemplateFields } from './pod-disabled-fields.ts';
import {
  replicationControllerWarnings,
  validateReplicationController,
  validateReplicationControllerStatusUpdate,
} from './validation/replication-controller.ts';

function dropFields(draft: Draft<corev1.ReplicationController>, old: corev1.ReplicationController | undefined): void {
  if (!draft.spec) return;
  draft.spec = { ...draft.spec };
  dropDisabledTemplateFields(draft.spec, old?.spec?.template);
}

export const replicationControllersDefinition = defineResource(replicationControllers, {
  columns: replicationControllerColumns,
  shortNames: ['rc'],
  etcdPrefix: '/registry/controllers',
  categories: ['all'],
  strategy: {
    defaultGarbageCollection: 'Orphan',
    defaults(draft) {
      const spec = (draft.spec ??= {});
      const labels = spec.template?.metadata?.labels;
      if (labels) {
        if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
        if (Object.keys(draft.metadata.labels ?? {}).length === 0) draft.metadata.labels = { ...labels };
      }
      spec.replicas ??= 1;
    },
    prepareForCreate: (draft) => dropFields(draft, undefined),
    prepareForUpdate: dropFields,
    validateName: nameIsLongName,
    validate: (object) => validateReplicationController(object),
    validateUpdate: validateReplicationController,
    warnings: replicationControllerWarnings,
    selectableFieldNames: ['status.replicas'],
    selectableFields: (object) => ({ 'status.replicas': String(object.status?.replicas ?? 0) }),
  },
  status: { validateUpdate: validateReplicationControllerStatusUpdate },
  scale: {
    replicasPath: ['spec', 'replicas'],
    specReplicas: (object) => object.spec?.replicas ?? 0,
    statusReplicas: (object) => object.status?.replicas ?? 0,
    selector: (object) => labelsToString(object.spec?.selector),
    setReplicas(draft, replicas) {
      draft.spec = { ...draft.spec, replicas };
    },
  },
});
