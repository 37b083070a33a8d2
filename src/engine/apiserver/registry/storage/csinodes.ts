import { csiNodes } from '../../../../api/resources.ts';
import { csiNodeColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import { validateCSINode } from './validation/storage.ts';

export const csiNodesDefinition = defineResource(csiNodes, {
  columns: csiNodeColumns,
  strategy: {
    allowUnconditionalUpdate: false,
    validate: (object) => validateCSINode(object),
    validateUpdate: validateCSINode,
    updateChecks: ['meta', 'own'],
    generation: 'none',
    returnsDeletedObject: true,
  },
});
