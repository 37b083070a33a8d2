import { deviceClasses } from '../../../../api/resources.ts';
import { nameIsLongName } from '../../../../apimachinery/validation.ts';
import { nameAndAge } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateDeviceClass } from './validation/resource-claim.ts';

export const deviceClassesDefinition = defineResource(deviceClasses, {
  columns: nameAndAge,
  strategy: {
    returnsDeletedObject: true,
    validateName: nameIsLongName,
    validate: (object) => validateDeviceClass(object),
    updateChecks: ['meta', 'metaUpdate', 'own'],
    validateUpdate: (object, old) => validateDeviceClass(object, old),
  },
});
