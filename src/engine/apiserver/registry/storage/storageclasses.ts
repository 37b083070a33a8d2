import { storageClasses } from '../../../../api/resources.ts';
import { storageClassColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateStorageClass, validateStorageClassUpdate } from './validation/storage.ts';
import { getWarningsForStorageClass } from '../core/validation/node-label-warnings.ts';

export const storageClassesDefinition = defineResource(storageClasses, {
  columns: storageClassColumns,
  shortNames: ['sc'],
  strategy: {
    validate: validateStorageClass,
    validateAgain: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    generation: 'none',
    warnings: getWarningsForStorageClass,
    returnsDeletedObject: true,
    defaults(draft) {
      draft.reclaimPolicy ??= 'Delete';
      draft.volumeBindingMode ??= 'Immediate';
    },
  },
});
