import { ingresses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const ingressesDefinition = defineResource(ingresses, {
  shortNames: ['ing'],
  status: {},
});
