import type * as autoscalingv1 from '../../../../api/autoscaling/v1.ts';
import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';
import {
  metricSpecFromV1,
  metricSpecToV1,
  metricStatusFromV1,
  metricStatusToV1,
  type V1Metric,
} from './hpa-v1-metrics.ts';

/**
 * Between autoscaling/v1 and v2: what v1 cannot say goes into annotations.
 * Upstream: pkg/apis/autoscaling/v1/conversion.go (v1.36)
 */
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';
const statusesAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';
const own = [
  metricsAnnotation,
  behaviorAnnotation,
  conditionsAnnotation,
  statusesAnnotation,
  'autoscaling.alpha.kubernetes.io/scale-down-tolerance',
  'autoscaling.alpha.kubernetes.io/scale-up-tolerance',
];

type Metric = autoscalingv2.MetricSpec;

const isCpu = (metric: Metric): boolean =>
  metric.type === 'Resource' &&
  metric.resource?.name === 'cpu' &&
  metric.resource.target.averageUtilization !== undefined;

function annotationsWith(
  annotations: Readonly<Record<string, string>> | undefined,
  more: Readonly<Record<string, unknown>>,
): { readonly annotations?: Record<string, string> } {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotations ?? {})) if (!own.includes(key)) out[key] = value;
  for (const [key, value] of Object.entries(more)) if (value !== undefined) out[key] = JSON.stringify(value);
  return Object.keys(out).length > 0 ? { annotations: out } : {};
}

/** What an annotation says; undefined when it is absent or says nothing that can be read. */
function parsed<T, U>(text: string | undefined, make: (value: T) => U): U | undefined {
  if (text === undefined) return undefined;
  try {
    return make(JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

type Behavior = autoscalingv2.HorizontalPodAutoscalerBehavior;
type Rules = autoscalingv2.HPAScalingRules;

/** The behavior as the annotation holds it: under Go's names, for it is the internal type. */
function behaviorToGo({ scaleUp, scaleDown }: Behavior): object {
  const rules = (from: Rules | undefined): object | null =>
    from
      ? {
          StabilizationWindowSeconds: from.stabilizationWindowSeconds ?? null,
          SelectPolicy: from.selectPolicy ?? null,
          Policies: from.policies
            ? from.policies.map(({ type, value, periodSeconds }) => ({
                Type: type,
                Value: value,
                PeriodSeconds: periodSeconds,
              }))
            : null,
          Tolerance: from.tolerance ?? null,
        }
      : null;
  return { ScaleUp: rules(scaleUp), ScaleDown: rules(scaleDown) };
}

/** An annotation's behavior, whatever the case of its names; absent when it says nothing. */
function behaviorFromGo(value: unknown): Behavior | undefined {
  const behavior = uncapitalized(value) as Behavior;
  return behavior.scaleUp || behavior.scaleDown ? behavior : undefined;
}

function uncapitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(uncapitalized);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    present.map(([key, item]) => [key.charAt(0).toLowerCase() + key.slice(1), uncapitalized(item)]),
  );
}

const cpuOf = (value: number): Metric =>
  ({
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: value } },
  }) as Metric;

/** A v1 autoscaler as v2. */
export function hpaToV2(object: autoscalingv1.HorizontalPodAutoscaler): autoscalingv2.HorizontalPodAutoscaler {
  const { annotations, ...meta } = object.metadata;
  const { targetCPUUtilizationPercentage: target, ...spec } =
    object.spec ?? ({} as autoscalingv1.HorizontalPodAutoscalerSpec);
  const others = parsed(annotations?.[metricsAnnotation], (list: V1Metric[]) => list.map(metricSpecFromV1)) ?? [];
  const stated = target === undefined ? others : [...others, cpuOf(target)];
  const behavior = parsed(annotations?.[behaviorAnnotation], behaviorFromGo);
  const { currentCPUUtilizationPercentage: current, ...status } =
    object.status ?? ({} as autoscalingv1.HorizontalPodAutoscalerStatus);
  const conditions = parsed(
    annotations?.[conditionsAnnotation],
    (list: autoscalingv2.HorizontalPodAutoscalerCondition[]) => list,
  );
  const statuses = parsed(annotations?.[statusesAnnotation], (list: V1Metric[]) => list.map(metricStatusFromV1));
  const currentMetrics =
    statuses ??
    (current === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { ...meta, ...annotationsWith(annotations, {}) },
    spec: { ...spec, metrics: stated.length > 0 ? stated : [cpuOf(80)], ...(behavior ? { behavior } : {}) },
    status: {
      ...status,
      currentMetrics: (currentMetrics.length > 0 ? currentMetrics : null) as readonly autoscalingv2.MetricStatus[],
      ...(conditions ? { conditions } : {}),
    },
  } as autoscalingv2.HorizontalPodAutoscaler;
}

/** A v2 autoscaler as v1. */
export function hpaFromV2(object: autoscalingv2.HorizontalPodAutoscaler): autoscalingv1.HorizontalPodAutoscaler {
  const { annotations, ...meta } = object.metadata;
  const { metrics = [], behavior, ...spec } = object.spec ?? ({} as autoscalingv2.HorizontalPodAutoscalerSpec);
  const others = metrics.filter((metric) => !isCpu(metric));
  const { currentMetrics, conditions, desiredReplicas, ...status } =
    object.status ?? ({} as autoscalingv2.HorizontalPodAutoscalerStatus);
  const currents = currentMetrics ?? [];
  const target = metrics.find(isCpu)?.resource?.target.averageUtilization;
  const utilization = currents.findLast(
    ({ type, resource }) =>
      type === 'Resource' && resource?.name === 'cpu' && resource.current.averageUtilization !== undefined,
  )?.resource?.current.averageUtilization;
  const { scaleTargetRef, minReplicas, maxReplicas } = spec;
  const more = {
    [metricsAnnotation]: others.length > 0 ? others.map(metricSpecToV1) : undefined,
    [statusesAnnotation]: currents.length > 0 ? currents.map(metricStatusToV1) : undefined,
    [behaviorAnnotation]: behavior && behaviorToGo(behavior),
    [conditionsAnnotation]: conditions && conditions.length > 0 ? conditions : undefined,
  };
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: { ...meta, ...annotationsWith(annotations, more) },
    spec: {
      scaleTargetRef,
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }),
    },
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: desiredReplicas ?? 0,
      ...(utilization === undefined ? {} : { currentCPUUtilizationPercentage: utilization }),
    },
  } as autoscalingv1.HorizontalPodAutoscaler;
}
