import { deviceClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const deviceClassesDefinition = defineResource(deviceClasses);
