import { customResourceDefinitions } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const customResourceDefinitionsDefinition = defineResource(customResourceDefinitions, {
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  status: {},
});
