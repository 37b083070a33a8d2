import { persistentVolumes } from '../../../../api/resources.ts';
import { persistentVolumeColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validation/persistent-volume.ts';
import { getWarningsForPersistentVolume } from './validation/volume-warnings.ts';

export const persistentVolumesDefinition = defineResource(persistentVolumes, {
  columns: persistentVolumeColumns,
  shortNames: ['pv'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    defaults(draft) {
      draft.status = { ...draft.status, phase: draft.status?.phase || 'Pending' };
      const spec = (draft.spec ??= {});
      if (!spec.persistentVolumeReclaimPolicy) spec.persistentVolumeReclaimPolicy = 'Retain';
      if (spec.volumeMode === undefined) spec.volumeMode = 'Filesystem';
    },
    validate: (object) => validatePersistentVolume(object),
    validateAgain: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
    updateChecks: ['meta', 'again', 'meta', 'own'],
    warnings: getWarningsForPersistentVolume,
    prepareForCreate(draft, context) {
      draft.status = { phase: 'Pending', lastPhaseTransitionTime: context.now };
    },
  },
  status: {
    prepareForUpdate(draft, old, context) {
      const before = old.status;
      if (draft.status?.phase === before?.phase) {
        if (draft.status && draft.status.lastPhaseTransitionTime === undefined && before?.lastPhaseTransitionTime) {
          draft.status = { ...draft.status, lastPhaseTransitionTime: before.lastPhaseTransitionTime };
        }
        return;
      }
      const stated = draft.status?.lastPhaseTransitionTime;
      if (draft.status && (stated === undefined || stated === before?.lastPhaseTransitionTime)) {
        draft.status = { ...draft.status, lastPhaseTransitionTime: context.now };
      }
    },
  },
});
