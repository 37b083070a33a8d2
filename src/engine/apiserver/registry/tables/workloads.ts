/** Tables of apps, batch, autoscaling and policy. Upstream: pkg/printers/internalversion/printers.go (v1.36) */
import type * as appsv1 from '../../../../api/apps/v1.ts';
import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';
import type * as batchv1 from '../../../../api/batch/v1.ts';
import type * as policyv1 from '../../../../api/policy/v1.ts';
import { humanDuration } from '../../../../apimachinery/duration.ts';
import { formatLabels, formatLabelSelector, labelSelectorAsSelector } from '../../../../apimachinery/labels.ts';
import { getControllerOf } from '../../../../apimachinery/object-meta.ts';
import { groupKind, parseGroupVersion } from '../../../../apimachinery/resource-ref.ts';
import type { TableColumn } from '../table-column.ts';
import {
  ageColumn,
  column,
  containerColumns,
  nameColumn,
  printBool,
  templateColumns,
  translateTimestampSince,
} from './cells.ts';

const wide = { wide: true } as const;
const integer = { type: 'integer' } as const;

const deployment = column<appsv1.Deployment>;
export const deploymentColumns: readonly TableColumn<appsv1.Deployment>[] = [
  nameColumn,
  deployment('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  deployment('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
  deployment('Available', ({ status }) => status?.availableReplicas ?? 0),
  ageColumn,
  ...templateColumns,
  deployment('Selector', ({ spec }) => labelSelectorAsSelector(spec?.selector).toString(), wide),
];

const replicaSet = column<appsv1.ReplicaSet>;
export const replicaSetColumns: readonly TableColumn<appsv1.ReplicaSet>[] = [
  nameColumn,
  replicaSet('Desired', ({ spec }) => spec?.replicas ?? 0, integer),
  replicaSet('Current', ({ status }) => status?.replicas ?? 0, integer),
  replicaSet('Ready', ({ status }) => status?.readyReplicas ?? 0, integer),
  ageColumn,
  ...templateColumns,
  replicaSet('Selector', ({ spec }) => formatLabelSelector(spec?.selector), wide),
];

export const statefulSetColumns: readonly TableColumn<appsv1.StatefulSet>[] = [
  nameColumn,
  column('Ready', ({ spec, status }: appsv1.StatefulSet) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  ageColumn,
  ...templateColumns,
];

const daemonSet = column<appsv1.DaemonSet>;
export const daemonSetColumns: readonly TableColumn<appsv1.DaemonSet>[] = [
  nameColumn,
  daemonSet('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0, integer),
  daemonSet('Current', ({ status }) => status?.currentNumberScheduled ?? 0, integer),
  daemonSet('Ready', ({ status }) => status?.numberReady ?? 0, integer),
  daemonSet('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0, integer),
  daemonSet('Available', ({ status }) => status?.numberAvailable ?? 0, integer),
  daemonSet('Node Selector', ({ spec }) => formatLabels(spec?.template?.spec?.nodeSelector)),
  ageColumn,
  ...templateColumns,
  daemonSet('Selector', ({ spec }) => formatLabelSelector(spec?.selector), wide),
];

function controllerText(revision: appsv1.ControllerRevision): string {
  const owner = getControllerOf(revision);
  if (!owner) return '<none>';
  const { group } = parseGroupVersion(owner.apiVersion) ?? { group: '' };
  return `${groupKind({ group, kind: owner.kind }).toLowerCase()}/${owner.name}`;
}

export const controllerRevisionColumns: readonly TableColumn<appsv1.ControllerRevision>[] = [
  nameColumn,
  column('Controller', controllerText),
  column('Revision', ({ revision }: appsv1.ControllerRevision) => revision ?? 0),
  ageColumn,
];

function completions({ spec, status }: batchv1.Job): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function jobDuration({ status }: batchv1.Job, nowMs: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration(end - Date.parse(status.startTime));
}

const jobStates = ['Complete', 'Failed', 'Terminating', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function jobStatus({ metadata, status }: batchv1.Job): string {
  const has = (type: string) => status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
  const state = jobStates.find((type) =>
    type === 'Terminating' ? metadata.deletionTimestamp !== undefined : has(type),
  );
  return state ?? 'Running';
}

const job = column<batchv1.Job>;
export const jobColumns: readonly TableColumn<batchv1.Job>[] = [
  nameColumn,
  job('Status', jobStatus),
  job('Completions', completions),
  job('Duration', jobDuration),
  ageColumn,
  ...templateColumns,
  job('Selector', ({ spec }) => formatLabelSelector(spec?.selector), wide),
];

const cronJob = column<batchv1.CronJob>;
export const cronJobColumns: readonly TableColumn<batchv1.CronJob>[] = [
  nameColumn,
  cronJob('Schedule', ({ spec }) => spec?.schedule ?? ''),
  cronJob('Timezone', ({ spec }) => spec?.timeZone ?? '<none>'),
  cronJob('Suspend', ({ spec }) => printBool(spec?.suspend), { type: 'boolean' }),
  cronJob('Active', ({ status }) => status?.active?.length ?? 0, integer),
  cronJob('Last Schedule', ({ status }, nowMs) =>
    status?.lastScheduleTime ? translateTimestampSince(status.lastScheduleTime, nowMs) : '<none>',
  ),
  ageColumn,
  ...containerColumns<batchv1.CronJob>(({ spec }) => spec?.jobTemplate?.spec?.template?.spec?.containers),
  cronJob('Selector', ({ spec }) => formatLabelSelector(spec?.jobTemplate?.spec?.selector), wide),
];

const budget = column<policyv1.PodDisruptionBudget>;
export const podDisruptionBudgetColumns: readonly TableColumn<policyv1.PodDisruptionBudget>[] = [
  nameColumn,
  budget('Min Available', ({ spec }) => String(spec?.minAvailable ?? 'N/A')),
  budget('Max Unavailable', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A')),
  budget('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed ?? 0, integer),
  ageColumn,
];

type Target = autoscalingv2.MetricTarget;
type Current = autoscalingv2.MetricValueStatus;

const percent = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${value}%`);

/** `current/target` of a metric that is measured in quantities. */
function quantityText(target: Target | undefined, current: Current | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
  return `${current === undefined ? '<unknown>' : (current.value ?? '0')}/${target?.value ?? '0'}`;
}

/** `name: current/target` of a resource metric. */
function resourceText(name: string, target: Target | undefined, current: Current | undefined): string {
  if (target?.averageValue !== undefined) {
    const now = current === undefined ? '<unknown>' : (current.averageValue ?? '0');
    return `${name}: ${now}/${target.averageValue}`;
  }
  return `${name}: ${percent(current?.averageUtilization) ?? '<unknown>'}/${percent(target?.averageUtilization) ?? '<auto>'}`;
}

function metricText(spec: autoscalingv2.MetricSpec, status: autoscalingv2.MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return quantityText(spec.external?.target, status?.external?.current);
    case 'Object':
      return quantityText(spec.object?.target, status?.object?.current);
    case 'Pods': {
      const current = status?.pods ? (status.pods.current.averageValue ?? '0') : '<unknown>';
      return `${current}/${spec.pods?.target.averageValue ?? '0'}`;
    }
    case 'Resource':
      return resourceText(spec.resource?.name ?? '', spec.resource?.target, status?.resource?.current);
    case 'ContainerResource':
      return resourceText(
        spec.containerResource?.name ?? '',
        spec.containerResource?.target,
        status?.containerResource?.current,
      );
    default:
      return '<unknown type>';
  }
}

function targets({ spec, status }: autoscalingv2.HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const list = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const shown = list.slice(0, 2).join(', ');
  return list.length > 2 ? `${shown} + ${list.length - 2} more...` : shown;
}

const hpa = column<autoscalingv2.HorizontalPodAutoscaler>;
export const horizontalPodAutoscalerColumns: readonly TableColumn<autoscalingv2.HorizontalPodAutoscaler>[] = [
  nameColumn,
  hpa('Reference', ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`),
  hpa('Targets', targets),
  hpa('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
  hpa('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  hpa('Replicas', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn,
];
