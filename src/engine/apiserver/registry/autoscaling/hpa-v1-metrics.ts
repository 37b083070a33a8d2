/**
 * Metrics in the words of autoscaling/v1, in which they stand in annotations of a v1 autoscaler.
 * Upstream: pkg/apis/autoscaling/v1/conversion.go (v1.36)
 */
import type * as autoscalingv2 from '../../../../api/autoscaling/v2.ts';
import { canonicalQuantity } from '../../../../apimachinery/quantity.ts';

/** A metric of v1 as JSON: the members of all its sources together. */
interface V1Source {
  readonly target?: autoscalingv2.CrossVersionObjectReference;
  readonly name?: string;
  readonly container?: string;
  readonly metricName?: string;
  readonly selector?: object;
  readonly metricSelector?: object;
  readonly targetValue?: string;
  readonly averageValue?: string;
  readonly targetAverageValue?: string;
  readonly targetAverageUtilization?: number;
  readonly currentValue?: string;
  readonly currentAverageValue?: string;
  readonly currentAverageUtilization?: number;
}
export interface V1Metric {
  readonly type?: string;
  readonly object?: V1Source;
  readonly pods?: V1Source;
  readonly resource?: V1Source;
  readonly containerResource?: V1Source;
  readonly external?: V1Source;
}

const kinds = ['object', 'pods', 'resource', 'containerResource', 'external'] as const;
type Kind = (typeof kinds)[number];

/** The sources that a metric names, each made anew. */
function eachSource<S, T>(
  metric: { readonly [K in Kind]?: S } & { readonly type?: string },
  make: (kind: Kind, source: S) => T,
) {
  const sources = kinds.flatMap((kind) => {
    const source = metric[kind];
    return source === undefined || source === null ? [] : [[kind, make(kind, source)] as const];
  });
  return { type: metric.type ?? '', ...Object.fromEntries(sources) };
}

const given = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined || value === null ? {} : ({ [name]: value } as { readonly [P in K]: V });
const quantity = (text: string | undefined): string | undefined =>
  text === undefined || text === null ? undefined : canonicalQuantity(text);
const reference = (target: V1Source['target']) => ({ kind: '', name: '', ...target });

function targetOf(kind: Kind, source: V1Source): Record<string, unknown> {
  const value = quantity(source.targetValue);
  const averageValue = quantity(kind === 'object' ? source.averageValue : source.targetAverageValue);
  const averageUtilization = source.targetAverageUtilization ?? undefined;
  switch (kind) {
    case 'object':
      if (averageValue === undefined) return { type: 'Value', value: value ?? '0' };
      return { type: 'AverageValue', ...given('value', value === '0' ? undefined : value), averageValue };
    case 'pods':
      return { type: 'AverageValue', averageValue: averageValue ?? '0' };
    case 'external':
      return {
        type: value === undefined ? 'AverageValue' : 'Value',
        ...given('value', value),
        ...given('averageValue', averageValue),
      };
    default:
      return {
        type: averageUtilization === undefined ? 'AverageValue' : 'Utilization',
        ...given('averageValue', averageValue),
        ...given('averageUtilization', averageUtilization),
      };
  }
}

function currentOf(kind: Kind, source: V1Source): Record<string, unknown> {
  const averageValue = quantity(kind === 'object' ? source.averageValue : source.currentAverageValue);
  switch (kind) {
    case 'object':
    case 'external':
      return { value: quantity(source.currentValue) ?? '0', ...given('averageValue', averageValue) };
    case 'pods':
      return { averageValue: averageValue ?? '0' };
    default:
      return { averageValue: averageValue ?? '0', ...given('averageUtilization', source.currentAverageUtilization) };
  }
}

/** What a source measures, without its value. */
function measuredOf(kind: Kind, source: V1Source): Record<string, unknown> {
  if (kind === 'resource') return { name: source.name ?? '' };
  if (kind === 'containerResource') return { name: source.name ?? '', container: source.container ?? '' };
  const selector = kind === 'external' ? source.metricSelector : source.selector;
  const metric = { name: source.metricName ?? '', ...given('selector', selector) };
  return kind === 'object' ? { describedObject: reference(source.target), metric } : { metric };
}

/** A metric of v1 as one of v2. @throws Error for a bad quantity */
export const metricSpecFromV1 = (metric: V1Metric): autoscalingv2.MetricSpec =>
  eachSource(metric, (kind, source) => ({
    ...measuredOf(kind, source),
    target: targetOf(kind, source),
  })) as autoscalingv2.MetricSpec;

/** A metric's state of v1 as one of v2. @throws Error for a bad quantity */
export const metricStatusFromV1 = (metric: V1Metric): autoscalingv2.MetricStatus =>
  eachSource(metric, (kind, source) => ({
    ...measuredOf(kind, source),
    current: currentOf(kind, source),
  })) as autoscalingv2.MetricStatus;

/** A source of v2: the members of all of them together. */
interface V2Source {
  readonly name?: string;
  readonly container?: string;
  readonly describedObject?: autoscalingv2.CrossVersionObjectReference;
  readonly metric?: autoscalingv2.MetricIdentifier;
  readonly target?: autoscalingv2.MetricTarget;
  readonly current?: autoscalingv2.MetricValueStatus;
}
type V2Metric = { readonly [K in Kind]?: V2Source } & { readonly type?: string };

function specToV1(kind: Kind, { name, container, describedObject, metric, target }: V2Source): V1Source {
  const { value, averageValue, averageUtilization } = target ?? {};
  const [metricName, selector] = [metric?.name ?? '', metric?.selector];
  switch (kind) {
    case 'object':
      return {
        target: reference(describedObject),
        metricName,
        targetValue: value ?? '0',
        ...given('selector', selector),
        ...given('averageValue', averageValue),
      };
    case 'pods':
      return { metricName, targetAverageValue: averageValue ?? '0', ...given('selector', selector) };
    case 'external':
      return {
        metricName,
        ...given('metricSelector', selector),
        ...given('targetValue', value),
        ...given('targetAverageValue', averageValue),
      };
    default:
      return {
        name: name ?? '',
        ...given('targetAverageUtilization', averageUtilization),
        ...given('targetAverageValue', averageValue),
        ...(kind === 'containerResource' ? { container: container ?? '' } : {}),
      };
  }
}

function statusToV1(kind: Kind, { name, container, describedObject, metric, current }: V2Source): V1Source {
  const { value, averageValue, averageUtilization } = current ?? {};
  const [metricName, selector] = [metric?.name ?? '', metric?.selector];
  switch (kind) {
    case 'object':
      return {
        target: reference(describedObject),
        metricName,
        currentValue: value ?? '0',
        ...given('selector', selector),
        ...given('averageValue', averageValue),
      };
    case 'pods':
      return { metricName, currentAverageValue: averageValue ?? '0', ...given('selector', selector) };
    case 'external':
      return {
        metricName,
        ...given('metricSelector', selector),
        currentValue: value ?? '0',
        ...given('currentAverageValue', averageValue),
      };
    default:
      return {
        name: name ?? '',
        ...given('currentAverageUtilization', averageUtilization),
        currentAverageValue: averageValue ?? '0',
        ...(kind === 'containerResource' ? { container: container ?? '' } : {}),
      };
  }
}

/** A metric of v2 in the words of v1. */
export const metricSpecToV1 = (metric: autoscalingv2.MetricSpec): V1Metric => eachSource(metric as V2Metric, specToV1);

/** A metric's state of v2 in the words of v1. */
export const metricStatusToV1 = (metric: autoscalingv2.MetricStatus): V1Metric =>
  eachSource(metric as V2Metric, statusToV1);
