import { deviceClasses } from '../../../../api/resources.ts';
import { nameAndAge } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const deviceClassesDefinition = defineResource(deviceClasses, {
  columns: nameAndAge,
  strategy: { returnsDeletedObject: true },
});
