import type * as appsv1 from '../../../../api/apps/v1.ts';
import { statefulSets } from '../../../../api/resources.ts';
import { nameIsDNSLabel } from '../../../../apimachinery/validation.ts';
import { statefulSetColumns } from '../tables/workloads.ts';
import type { Draft } from '../draft.ts';
import { defineResource } from '../resource-definition.ts';
import {
  statefulSetWarnings,
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from './validation/stateful-set.ts';
import { workloadScale } from './workload-scale.ts';

/** The feature MaxUnavailableStatefulSet is off. */
function dropMaxUnavailable(draft: Draft<appsv1.StatefulSet>): void {
  const strategy = draft.spec?.updateStrategy;
  if (!draft.spec || strategy?.rollingUpdate?.maxUnavailable === undefined) return;
  const { maxUnavailable: _, ...rollingUpdate } = strategy.rollingUpdate;
  draft.spec = { ...draft.spec, updateStrategy: { ...strategy, rollingUpdate } };
}

export const statefulSetsDefinition = defineResource(statefulSets, {
  columns: statefulSetColumns,
  shortNames: ['sts'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.podManagementPolicy ||= 'OrderedReady';
      spec.updateStrategy ??= {};
      if (!spec.updateStrategy.type) {
        spec.updateStrategy.type = 'RollingUpdate';
        spec.updateStrategy.rollingUpdate ??= {};
      }
      const { type, rollingUpdate } = spec.updateStrategy;
      if (type === 'RollingUpdate' && rollingUpdate) rollingUpdate.partition ??= 0;
      spec.persistentVolumeClaimRetentionPolicy ??= {};
      spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
      spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
      spec.replicas ??= 1;
      spec.revisionHistoryLimit ??= 10;
      const claims = spec.volumeClaimTemplates;
      const identity = { kind: 'PersistentVolumeClaim', apiVersion: 'v1' };
      if (claims?.some(({ kind, apiVersion }) => kind !== identity.kind || apiVersion !== identity.apiVersion))
        spec.volumeClaimTemplates = claims.map((claim) => ({ ...claim, ...identity }));
    },
    validateName: nameIsDNSLabel,
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    warnings: statefulSetWarnings,
    prepareForCreate: dropMaxUnavailable,
    prepareForUpdate: dropMaxUnavailable,
  },
  status: { validateUpdate: validateStatefulSetStatusUpdate },
  scale: workloadScale,
});
