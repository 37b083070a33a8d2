import { ingresses } from '../../../../api/resources.ts';
import { ingressColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';

export const ingressesDefinition = defineResource(ingresses, {
  columns: ingressColumns,
  shortNames: ['ing'],
  status: {},
});
