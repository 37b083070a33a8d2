import { resourceSlices } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const resourceSlicesDefinition = defineResource(resourceSlices);
