import { persistentVolumeClaims } from '../../../../api/resources.ts';
import { persistentVolumeClaimColumns } from '../tables/core.ts';
import { defineResource } from '../resource-definition.ts';
import { enforceDataSourceCompatibility } from './claim-data-sources.ts';
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatusUpdate,
  validatePersistentVolumeClaimUpdate,
} from './validation/persistent-volume-claim.ts';
import { getWarningsForPersistentVolumeClaim } from './validation/volume-warnings.ts';

export const persistentVolumeClaimsDefinition = defineResource(persistentVolumeClaims, {
  columns: persistentVolumeClaimColumns,
  shortNames: ['pvc'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    prepareForCreate(draft) {
      draft.status = { phase: 'Pending' };
      enforceDataSourceCompatibility(draft, undefined);
    },
    prepareForUpdate: enforceDataSourceCompatibility,
    validate: validatePersistentVolumeClaim,
    validateUpdate: validatePersistentVolumeClaimUpdate,
    updateChecks: ['metaUpdate', 'meta', 'own'],
    warnings: getWarningsForPersistentVolumeClaim,
  },
  status: { validateUpdate: validatePersistentVolumeClaimStatusUpdate },
});
