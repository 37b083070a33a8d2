import { deviceClasses } from '../../../../api/resources.ts';
import { nameIsLongName } from '../../../../apimachinery/validation.ts';
import { validateObjectMeta } from '../../generic/object-meta-validation.ts';
import { nameAndAge } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateDeviceClass } from './validation/resource-claim.ts';

export const deviceClassesDefinition = defineResource(deviceClasses, {
  columns: nameAndAge,
  strategy: {
    returnsDeletedObject: true,
    validateName: nameIsLongName,
    validate: (object) => validateDeviceClass(object),
    validateUpdate: (object, old) => [
      ...validateObjectMeta(object.metadata, false, nameIsLongName),
      ...validateDeviceClass(object, old),
    ],
  },
});
