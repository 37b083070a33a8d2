import { bindings } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const bindingsDefinition = defineResource(bindings, {
  verbs: ['create'],
});
