import { daemonSets } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const daemonSetsDefinition = defineResource(daemonSets, {
  shortNames: ['ds'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.updateStrategy ??= {};
      spec.updateStrategy.type ||= 'RollingUpdate';
      if (spec.updateStrategy.type === 'RollingUpdate') {
        spec.updateStrategy.rollingUpdate ??= {};
        spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
        spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
      }
      spec.revisionHistoryLimit ??= 10;
    },
  },
  status: {},
});
