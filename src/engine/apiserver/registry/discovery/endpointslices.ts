import { endpointSlices } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const endpointSlicesDefinition = defineResource(endpointSlices);
