import type * as corev1 from '../../../../api/core/v1.ts';
import type { Draft } from '../draft.ts';

type Spec = Draft<corev1.PersistentVolumeClaimSpec>;

function isClaimOrSnapshot(source: corev1.TypedLocalObjectReference): boolean {
  const { kind } = source;
  // The field is encoded as null where it is absent.
  const apiGroup = source.apiGroup ?? '';
  return (
    (kind === 'PersistentVolumeClaim' && apiGroup === '') ||
    (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')
  );
}

/** Fills dataSource from dataSourceRef or the other way. Upstream: pkg/api/persistentvolumeclaim/util.go NormalizeDataSources (v1.36) */
function normalizeDataSources(spec: Spec): void {
  const { dataSource, dataSourceRef } = spec;
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource };
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { namespace: _, ...source } = dataSourceRef;
    spec.dataSource = source;
  }
}

/**
 * Drops data sources that older servers ignored, and brings the two fields for them in step.
 *
 * Upstream: DropDisabledFields, EnforceDataSourceBackwardsCompatibility (v1.36)
 */
export function enforceDataSourceCompatibility(
  draft: Draft<corev1.PersistentVolumeClaim>,
  old: corev1.PersistentVolumeClaim | undefined,
): void {
  if (!draft.spec?.dataSource && !draft.spec?.dataSourceRef) return;
  const spec = (draft.spec = { ...draft.spec });
  if (spec.dataSourceRef?.namespace && !old?.spec?.dataSourceRef) delete spec.dataSourceRef;
  const inUse = old?.spec?.dataSource !== undefined || old?.spec?.dataSourceRef !== undefined;
  if (!inUse && !spec.dataSourceRef && spec.dataSource && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource;
  normalizeDataSources(spec);
}
