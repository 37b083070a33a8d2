import { csiDrivers } from '../../../../api/resources.ts';
import { semanticDeepEqual } from '../../../../apimachinery/deep-equal.ts';
import { csiDriverColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { csiDriverWarnings, validateCSIDriver } from './validation/storage.ts';

export const csiDriversDefinition = defineResource(csiDrivers, {
  columns: csiDriverColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    generation: 'none',
    ownGeneration: true,
    prepareForUpdate(draft, old) {
      if (!semanticDeepEqual(draft.spec, old.spec)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    warnings: csiDriverWarnings,
    validate: (object) => validateCSIDriver(object),
    validateUpdate: validateCSIDriver,
    returnsDeletedObject: true,
    defaults(draft) {
      const { spec } = draft;
      if (!spec || Object.isFrozen(spec)) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
  },
});
