import { storageClasses } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const storageClassesDefinition = defineResource(storageClasses, {
  shortNames: ['sc'],
  strategy: {
    generation: 'none',
    returnsDeletedObject: true,
    defaults(draft) {
      draft.reclaimPolicy ??= 'Delete';
      draft.volumeBindingMode ??= 'Immediate';
    },
  },
});
