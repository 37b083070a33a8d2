import type * as appsv1 from '../../api/apps/v1.ts';
import type * as batchv1 from '../../api/batch/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '../../api/resources.ts';
import { statusFromCount } from './conditions.ts';
import { defineKind, type StatusView, type SummaryRow } from './kind-look.ts';
import { symbols } from './symbols.ts';

interface Counting {
  readonly spec?: {
    readonly template?: { readonly spec?: corev1.PodSpec };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

function rows(object: Counting, ready: number, desired: number, more: readonly SummaryRow[] = []): SummaryRow[] {
  const selector = Object.entries(object.spec?.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    { label: 'Ready', value: `${ready} of ${desired}` },
    ...more,
    ...(selector.length > 0 ? [{ label: 'Selector', value: selector.join(','), mono: true }] : []),
    ...(object.spec?.template?.spec?.containers ?? []).map((c) => ({
      label: `Image (${c.name})`,
      value: c.image ?? '',
      mono: true,
    })),
  ];
}

function deploymentStatus({ spec, status = {} }: appsv1.Deployment): StatusView {
  const desired = spec?.replicas ?? 1;
  const failed = status.conditions?.find(
    (c) =>
      (c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded') ||
      (c.type === 'ReplicaFailure' && c.status === 'True'),
  );
  const base = statusFromCount(status.readyReplicas ?? 0, desired, failed);
  if (spec?.paused) return { level: 'warning', text: `${base.text}, paused` };
  if (base.level === 'ok' && (status.updatedReplicas ?? 0) < desired) return { level: 'progress', text: 'Rolling out' };
  return base;
}

export const deploymentLook = defineKind<appsv1.Deployment>({
  ref: deployments,
  plural: 'Deployments',
  symbol: symbols.deployment,
  order: 20,
  status: deploymentStatus,
  facets: ({ spec, status }) => ({ count: { ready: status?.readyReplicas ?? 0, desired: spec?.replicas ?? 1 } }),
  summary: (object) =>
    rows(object, object.status?.readyReplicas ?? 0, object.spec?.replicas ?? 1, [
      { label: 'Up to date', value: String(object.status?.updatedReplicas ?? 0) },
      { label: 'Available', value: String(object.status?.availableReplicas ?? 0) },
      { label: 'Strategy', value: object.spec?.strategy?.type ?? 'RollingUpdate' },
      { label: 'Revision', value: object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '–' },
    ]),
});

export const replicaSetLook = defineKind<appsv1.ReplicaSet>({
  ref: replicaSets,
  plural: 'ReplicaSets',
  symbol: symbols.replicaSet,
  order: 21,
  status: ({ spec, status }) => {
    const failure = status?.conditions?.find((c) => c.type === 'ReplicaFailure' && c.status === 'True');
    return statusFromCount(status?.readyReplicas ?? 0, spec?.replicas ?? 1, failure);
  },
  facets: ({ spec, status, metadata }) => ({
    count: { ready: status?.readyReplicas ?? 0, desired: spec?.replicas ?? 1 },
    retired: (spec?.replicas ?? 1) === 0 && (status?.replicas ?? 0) === 0 && metadata.ownerReferences !== undefined,
  }),
  summary: (object) => rows(object, object.status?.readyReplicas ?? 0, object.spec?.replicas ?? 1),
});

export const replicationControllerLook = defineKind<corev1.ReplicationController>({
  ref: replicationControllers,
  plural: 'ReplicationControllers',
  symbol: symbols.replicaSet,
  order: 26,
  status: ({ spec, status }) => statusFromCount(status?.readyReplicas ?? 0, spec?.replicas ?? 1),
  facets: ({ spec, status }) => ({ count: { ready: status?.readyReplicas ?? 0, desired: spec?.replicas ?? 1 } }),
});

export const statefulSetLook = defineKind<appsv1.StatefulSet>({
  ref: statefulSets,
  plural: 'StatefulSets',
  symbol: symbols.statefulSet,
  order: 22,
  status: ({ spec, status }) => statusFromCount(status?.readyReplicas ?? 0, spec?.replicas ?? 1),
  facets: ({ spec, status }) => ({ count: { ready: status?.readyReplicas ?? 0, desired: spec?.replicas ?? 1 } }),
  summary: (object) =>
    rows(object, object.status?.readyReplicas ?? 0, object.spec?.replicas ?? 1, [
      { label: 'Service', value: object.spec?.serviceName ?? '–' },
      { label: 'Pod management', value: object.spec?.podManagementPolicy ?? 'OrderedReady' },
    ]),
});

export const daemonSetLook = defineKind<appsv1.DaemonSet>({
  ref: daemonSets,
  plural: 'DaemonSets',
  symbol: symbols.daemonSet,
  order: 23,
  status: ({ status }) => statusFromCount(status?.numberReady ?? 0, status?.desiredNumberScheduled ?? 0),
  facets: ({ status }) => ({
    count: { ready: status?.numberReady ?? 0, desired: status?.desiredNumberScheduled ?? 0 },
  }),
  summary: (object) => rows(object, object.status?.numberReady ?? 0, object.status?.desiredNumberScheduled ?? 0),
});

function jobStatus({ spec, status = {} }: batchv1.Job): StatusView {
  const failed = status.conditions?.find((c) => c.type === 'Failed' && c.status === 'True');
  if (failed)
    return { level: 'error', text: failed.reason ?? 'Failed', ...(failed.message ? { detail: failed.message } : {}) };
  const text = `${status.succeeded ?? 0}/${spec?.completions ?? 1} done`;
  if (status.conditions?.some((c) => c.type === 'Complete' && c.status === 'True'))
    return { level: 'done', text: 'Complete' };
  if (spec?.suspend) return { level: 'neutral', text: 'Suspended' };
  return { level: (status.failed ?? 0) > 0 ? 'warning' : 'progress', text };
}

export const jobLook = defineKind<batchv1.Job>({
  ref: jobs,
  plural: 'Jobs',
  symbol: symbols.job,
  order: 24,
  status: jobStatus,
  facets: ({ spec, status }) => ({ count: { ready: status?.succeeded ?? 0, desired: spec?.completions ?? 1 } }),
  summary: (object) => [
    { label: 'Completions', value: `${object.status?.succeeded ?? 0} of ${object.spec?.completions ?? 1}` },
    { label: 'Active', value: String(object.status?.active ?? 0) },
    { label: 'Failed', value: `${object.status?.failed ?? 0} (limit ${object.spec?.backoffLimit ?? 6})` },
    { label: 'Parallelism', value: String(object.spec?.parallelism ?? 1) },
  ],
});

export const cronJobLook = defineKind<batchv1.CronJob>({
  ref: cronJobs,
  plural: 'CronJobs',
  symbol: symbols.cronJob,
  order: 25,
  status: ({ spec, status }) =>
    spec?.suspend
      ? { level: 'neutral', text: 'Suspended' }
      : {
          level: 'ok',
          text: (status?.active?.length ?? 0) > 0 ? `${status?.active?.length} running` : (spec?.schedule ?? ''),
        },
  summary: ({ spec, status }) => [
    { label: 'Schedule', value: spec?.schedule ?? '', mono: true },
    { label: 'Last run', value: status?.lastScheduleTime ?? 'never' },
    { label: 'Concurrency', value: spec?.concurrencyPolicy ?? 'Allow' },
  ],
});
