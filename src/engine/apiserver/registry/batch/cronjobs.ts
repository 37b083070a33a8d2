import { cronJobs } from '../../../../api/resources.ts';
import { cronJobColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { cronJobWarnings, validateCronJob } from './validation/cron-job.ts';

export const cronJobsDefinition = defineResource(cronJobs, {
  columns: cronJobColumns,
  shortNames: ['cj'],
  categories: ['all'],
  strategy: {
    validate: (object) => validateCronJob(object),
    validateUpdate: validateCronJob,
    warnings: cronJobWarnings,
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
