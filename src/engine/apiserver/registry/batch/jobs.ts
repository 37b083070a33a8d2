import { jobs } from '../../../../api/resources.ts';
import { jobColumns } from '../tables/workloads.ts';
import { defineResource } from '../resource-definition.ts';
import { validateJobStatusUpdate } from './validation/job-status.ts';
import { jobWarnings, validateJob, validateJobUpdate } from './validation/job.ts';

const maxInt32 = 2_147_483_647;

export const jobsDefinition = defineResource(jobs, {
  columns: jobColumns,
  categories: ['all'],
  strategy: {
    defaultGarbageCollection: 'Orphan',
    defaults(draft) {
      const spec = (draft.spec ??= {} as NonNullable<typeof draft.spec>);
      if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
      spec.parallelism ??= 1;
      spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32;
      const labels = spec.template?.metadata?.labels;
      if (labels && Object.keys(draft.metadata.labels ?? {}).length === 0) draft.metadata.labels = labels;
      spec.completionMode ??= 'NonIndexed';
      spec.suspend ??= false;
      spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
      spec.manualSelector ??= false;
    },
    validate: (object) => validateJob(object),
    validateAgain: validateJob,
    validateUpdate: validateJobUpdate,
    updateChecks: ['meta', 'again', 'metaUpdate', 'own'],
    warnings: jobWarnings,
    selectableFieldNames: ['status.successful'],
    selectableFields: (object) => ({ 'status.successful': String(object.status?.succeeded ?? 0) }),
    unknownField: (name) => `field label "${name}" not supported for Job`,
    prepareForCreate(draft) {
      const { spec } = draft;
      if (!spec || spec.manualSelector) return;
      const uid = draft.metadata.uid ?? '';
      const { template } = spec;
      const name = draft.metadata.name ?? '';
      const own = {
        'batch.kubernetes.io/controller-uid': uid,
        'batch.kubernetes.io/job-name': name,
        'controller-uid': uid,
        'job-name': name,
      };
      const labels = { ...own, ...template.metadata?.labels };
      // A job without labels of its own shares its pods', unless its name is generated: each try has a copy.
      const present = draft.metadata.labels;
      const isShared = !draft.metadata.generateName && present === template.metadata?.labels;
      if (isShared || Object.keys(present ?? {}).length === 0) draft.metadata.labels = labels;
      const matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels };
      draft.spec = {
        ...spec,
        template: { ...template, metadata: { ...template.metadata, labels } },
        selector: { ...spec.selector, matchLabels },
      };
    },
  },
  status: { validateUpdate: validateJobStatusUpdate },
});
