/**
 * Metrics that are not cpu and memory: of pods, of another object, from outside. Whoever serves `custom.metrics.k8s.io` or
 * `external.metrics.k8s.io` (an APIService of the cluster) is asked; where nobody does, the errors are upstream's.
 *
 * Upstream: pkg/controller/podautoscaler/metrics/client.go, k8s.io/metrics/pkg/client (v1.36)
 */
import type * as autoscalingv2 from '../../../api/autoscaling/v2.ts';
import type * as metav1 from '../../../api/meta/v1.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { labelSelectorAsSelector, type Selector } from '../../../apimachinery/labels.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { StatusError } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { timeOf } from '../shared/api-time.ts';
import { serverPreferredResources } from '../shared/discovery.ts';
import type { PodMetric } from './metric-replicas.ts';

const customGroup = 'custom.metrics.k8s.io';
const externalGroup = 'external.metrics.k8s.io';
const defaultWindowMs = 60_000;

interface MetricValue {
  readonly describedObject?: { readonly name?: string };
  readonly timestamp?: string;
  readonly windowSeconds?: number;
  readonly value: string;
}
interface MetricValueList {
  readonly items: readonly MetricValue[];
}
interface ApiGroupList {
  readonly groups: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[] }[];
}

const selectorText = (selector: metav1.LabelSelector | undefined): string =>
  selector ? labelSelectorAsSelector(selector).toString() : '';

/** @throws Error when nobody serves custom metrics */
function* customPath(client: Client): Process<string> {
  const { groups } = yield* client.json<ApiGroupList>({ path: '/apis' });
  const group = groups.find(({ name }) => name === customGroup);
  if (!group) throw new Error(`no custom metrics API (${customGroup}) registered`);
  const version = ['v1beta2', 'v1beta1'].find((known) => group.versions.some((served) => served.version === known));
  if (!version) throw new Error(`no known available metric versions found`);
  return `/apis/${customGroup}/${version}`;
}

const queryOf = (parameters: Readonly<Record<string, string>>): string => {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
};

/** What each pod has of a metric, in thousandths. Upstream: GetRawMetric (v1.36) */
export function* getRawMetric(
  client: Client,
  namespace: string,
  selector: Selector,
  metric: autoscalingv2.MetricIdentifier,
): Process<ReadonlyMap<string, PodMetric>> {
  let items: readonly MetricValue[];
  try {
    const query = queryOf({ labelSelector: selector.toString(), metricLabelSelector: selectorText(metric.selector) });
    const path = `${yield* customPath(client)}/namespaces/${namespace}/pods/*/${metric.name}${query}`;
    ({ items } = yield* client.json<MetricValueList>({ path }));
  } catch (error) {
    throw new Error(`unable to fetch metrics from custom metrics API: ${errorText(error)}`, { cause: error });
  }
  if (items.length === 0) throw new Error('no metrics returned from custom metrics API');
  return new Map(
    items.map(({ describedObject, timestamp, windowSeconds, value }) => [
      describedObject?.name ?? '',
      {
        value: parseQuantity(value).milliValue(),
        timestampMs: timeOf(timestamp) ?? 0,
        windowMs: windowSeconds === undefined ? defaultWindowMs : windowSeconds * 1000,
      },
    ]),
  );
}

/** A metric of one object, in thousandths. Upstream: GetObjectMetric (v1.36) */
export function* getObjectMetric(
  client: Client,
  namespace: string,
  object: autoscalingv2.CrossVersionObjectReference,
  metric: autoscalingv2.MetricIdentifier,
): Process<number> {
  try {
    const base = yield* customPath(client);
    const query = queryOf({ metricLabelSelector: selectorText(metric.selector) });
    const group = parseGroupVersion(object.apiVersion ?? '')?.group ?? '';
    const where =
      object.kind === 'Namespace' && group === ''
        ? `namespaces/${namespace}/metrics`
        : `namespaces/${namespace}/${yield* qualifiedResource(client, group, object.kind)}/${object.name}`;
    const { items } = yield* client.json<MetricValueList>({ path: `${base}/${where}/${metric.name}${query}` });
    const [only] = items;
    if (!only || items.length !== 1)
      throw new Error(`the custom metrics API server returned ${items.length} results when we asked for exactly one`);
    return parseQuantity(only.value).milliValue();
  } catch (error) {
    throw new Error(`unable to fetch metrics from custom metrics API: ${errorText(error)}`, { cause: error });
  }
}

function* qualifiedResource(client: Client, group: string, kind: string): Process<string> {
  const { resources } = yield* serverPreferredResources(client);
  const found = resources.find((one) => one.group === group && one.kind === kind);
  const name = group === '' ? kind : `${kind}.${group}`;
  if (!found)
    throw new Error(`unable to map kind ${name} to resource: no matches for kind "${kind}" in group "${group}"`);
  return group === '' ? found.resource : `${found.resource}.${group}`;
}

/** The sum of an external metric's values, in thousandths. Upstream: GetExternalMetric (v1.36) */
export function* getExternalMetric(
  client: Client,
  namespace: string,
  metric: autoscalingv2.MetricIdentifier,
): Process<number> {
  const query = queryOf({ labelSelector: selectorText(metric.selector) });
  const path = `/apis/${externalGroup}/v1beta1/namespaces/${namespace}/${metric.name}${query}`;
  try {
    const { items } = yield* client.json<MetricValueList>({ path });
    if (items.length > 0) return items.reduce((sum, { value }) => sum + parseQuantity(value).milliValue(), 0);
  } catch (error) {
    const missing = error instanceof StatusError && error.code === 404;
    const why = missing
      ? `the server could not find the requested resource (get ${metric.name}.${externalGroup})`
      : errorText(error);
    throw new Error(`unable to fetch metrics from external metrics API: ${why}`, { cause: error });
  }
  throw new Error('no metrics returned from external metrics API');
}

/** A selector as Go prints it: `&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}`. */
export function goLabelSelector(selector: metav1.LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`);
  const requirements = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`;
}
