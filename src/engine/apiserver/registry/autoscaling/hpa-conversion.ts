import type * as autoscalingv1 from '../../../../api/autoscaling/v1.ts';
import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';

/**
 * Between autoscaling/v1 and v2: what v1 cannot say goes into annotations.
 * Upstream: pkg/apis/autoscaling/v1/conversion.go (v1.36)
 */
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';
const statusesAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';
const own = [metricsAnnotation, behaviorAnnotation, conditionsAnnotation, statusesAnnotation];

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

function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** A v1 autoscaler as v2. */
export function hpaToV2(object: autoscalingv1.HorizontalPodAutoscaler): autoscalingv2.HorizontalPodAutoscaler {
  const { annotations, ...meta } = object.metadata;
  const { targetCPUUtilizationPercentage: target, ...spec } =
    object.spec ?? ({} as autoscalingv1.HorizontalPodAutoscalerSpec);
  const extra = parsed<Metric[]>(annotations?.[metricsAnnotation]) ?? [];
  const cpu = (value: number): Metric =>
    ({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: value } },
    }) as Metric;
  const stated = [...extra, ...(target === undefined ? [] : [cpu(target)])];
  const metrics = stated.length > 0 ? stated : [cpu(80)];
  const behavior = parsed<autoscalingv2.HorizontalPodAutoscalerBehavior>(annotations?.[behaviorAnnotation]);
  const { currentCPUUtilizationPercentage: current, ...status } =
    object.status ?? ({} as autoscalingv1.HorizontalPodAutoscalerStatus);
  const statuses = parsed<autoscalingv2.MetricStatus[]>(annotations?.[statusesAnnotation]) ?? [];
  const conditions = parsed<autoscalingv2.HorizontalPodAutoscalerCondition[]>(annotations?.[conditionsAnnotation]);
  const currentMetrics = [
    ...statuses,
    ...(current === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', current: { averageUtilization: current } },
          } as autoscalingv2.MetricStatus,
        ]),
  ];
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { ...meta, ...annotationsWith(annotations, {}) },
    spec: { ...spec, metrics, ...(behavior ? { behavior } : {}) },
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
  const cpu = metrics.find(isCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const { currentMetrics, conditions, desiredReplicas, ...status } =
    object.status ?? ({} as autoscalingv2.HorizontalPodAutoscalerStatus);
  const currents = currentMetrics ?? [];
  const current = currents.find(
    ({ type, resource }) =>
      type === 'Resource' && resource?.name === 'cpu' && resource.current.averageUtilization !== undefined,
  );
  const statuses = currents.filter((metric) => metric !== current);
  const target = cpu?.resource?.target.averageUtilization;
  const utilization = current?.resource?.current.averageUtilization;
  const { scaleTargetRef, minReplicas, maxReplicas } = spec;
  const more = {
    [metricsAnnotation]: others.length > 0 ? others : undefined,
    [behaviorAnnotation]: behavior,
    [conditionsAnnotation]: conditions && conditions.length > 0 ? conditions : undefined,
    [statusesAnnotation]: statuses.length > 0 ? statuses : undefined,
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
