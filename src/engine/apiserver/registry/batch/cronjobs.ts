import { cronJobs } from '../../../../api/resources.ts';
import { defineResource } from '../resource-definition.ts';

export const cronJobsDefinition = defineResource(cronJobs, {
  shortNames: ['cj'],
  categories: ['all'],
  strategy: {
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      spec.concurrencyPolicy ||= 'Allow';
      spec.suspend ??= false;
      spec.successfulJobsHistoryLimit ??= 3;
      spec.failedJobsHistoryLimit ??= 1;
    },
  },
  status: {},
});
