import { csiDrivers } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const csiDriversDefinition = defineResource(csiDrivers, {
  strategy: { generation: 'none' },
});
