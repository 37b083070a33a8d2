import { csiDrivers } from '../../../../api/resources.ts';
import { csiDriverColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCSIDriver } from './validation/storage.ts';

export const csiDriversDefinition = defineResource(csiDrivers, {
  columns: csiDriverColumns,
  strategy: {
    validate: (object) => validateCSIDriver(object),
    validateUpdate: validateCSIDriver,
    generation: 'none',
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
