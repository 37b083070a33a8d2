/** What metrics of pods, of an object and from outside propose. Upstream: pkg/controller/podautoscaler/horizontal.go (v1.36) */
import type * as autoscalingv2 from '../../../api/autoscaling/v2.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import type { Selector } from '../../../apimachinery/labels.ts';
import { newMilliQuantity, parseQuantity } from '../../../apimachinery/quantity.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { getExternalMetric, getObjectMetric, getRawMetric, goLabelSelector } from './custom-metrics.ts';
import { getRawResourceReplicas, type Proposal, type Tolerances } from './metric-replicas.ts';
import { getPerPodReplicas, getUsageRatioReplicaCount, ReplicasError, type ValueProposal } from './value-replicas.ts';

/** What a proposal is worked out from. */
export interface ValueInput {
  readonly client: Client;
  readonly namespace: string;
  readonly nowMs: number;
  readonly tolerances: Tolerances;
  readonly selector: Selector;
  /** The pods of the selector. */
  readonly pods: readonly corev1.Pod[];
  readonly specReplicas: number;
  readonly statusReplicas: number;
}

export type ValueOutcome =
  | {
      readonly kind: 'found';
      readonly proposal: Proposal;
      readonly name: string;
      readonly status: autoscalingv2.MetricStatus;
    }
  /** `why`: for event and condition; `error`: with what it was to be. */
  | { readonly kind: 'failed'; readonly reason: string; readonly why: string; readonly error: string };

const milli = (value: number): string => newMilliQuantity(value, 'DecimalSI').toString();
const proposalOf = ({ replicas, usage }: ValueProposal): Proposal => ({ replicas, rawUsage: usage });
const failed = (reason: string, why: string, error: string): ValueOutcome => ({ kind: 'failed', reason, why, error });

/** Upstream: computeReplicasForMetric (v1.36) */
export function* computeReplicasForValue(metric: autoscalingv2.MetricSpec, input: ValueInput): Process<ValueOutcome> {
  const { pods, object, external } = metric;
  if (pods) return yield* podsOutcome(pods, input);
  if (object) return yield* objectOutcome(object, input);
  if (external) return yield* externalOutcome(external, input);
  const why = `unknown metric source type ${JSON.stringify(metric.type)}`;
  return failed('InvalidMetricSourceType', why, why);
}

/** Upstream: computeStatusForPodsMetric (v1.36) */
function* podsOutcome({ metric, target }: autoscalingv2.PodsMetricSource, input: ValueInput): Process<ValueOutcome> {
  const { client, namespace, selector, pods, tolerances, nowMs, specReplicas: currentReplicas } = input;
  const fail = (why: string) => failed('FailedGetPodsMetric', why, `failed to get pods metric value: ${why}`);
  try {
    const metrics = yield* getRawMetric(client, namespace, selector, metric);
    const known = { pods, metrics, currentReplicas, tolerances, isCpu: false, nowMs };
    try {
      const proposal = getRawResourceReplicas(known, parseQuantity(target.averageValue ?? '0').milliValue());
      const status = { type: 'Pods', pods: { metric, current: { averageValue: milli(proposal.rawUsage) } } };
      return { kind: 'found', proposal, name: `pods metric ${metric.name}`, status };
    } catch (error) {
      return fail(errorText(error));
    }
  } catch (error) {
    return fail(`unable to get metric ${metric.name}: ${errorText(error)}`);
  }
}

/** Upstream: computeStatusForObjectMetric (v1.36) */
function* objectOutcome(
  { describedObject, metric, target }: autoscalingv2.ObjectMetricSource,
  input: ValueInput,
): Process<ValueOutcome> {
  const { client, namespace } = input;
  const { kind, name } = describedObject;
  const isAverage = target.value === undefined;
  try {
    const usage = yield* getObjectMetric(client, namespace, describedObject, metric);
    const { proposal, current } = valueProposal(usage, target, input);
    return {
      kind: 'found',
      proposal,
      name: isAverage
        ? `external metric ${metric.name}(${goLabelSelector(metric.selector)})`
        : `${kind} metric ${metric.name}`,
      status: { type: 'Object', object: { describedObject, metric, current } },
    };
  } catch (error) {
    const why =
      error instanceof ReplicasError
        ? error.message
        : `unable to get metric ${metric.name}: ${kind} on ${namespace} ${name}/${errorText(error)}`;
    const inner = isAverage ? `failed to get ${metric.name} object metric: ${why}` : why;
    return failed('FailedGetObjectMetric', why, `failed to get object metric value: ${inner}`);
  }
}

/** Upstream: computeStatusForExternalMetric (v1.36) */
function* externalOutcome(
  { metric, target }: autoscalingv2.ExternalMetricSource,
  input: ValueInput,
): Process<ValueOutcome> {
  const { client, namespace } = input;
  const identifier = goLabelSelector(metric.selector);
  try {
    const usage = yield* getExternalMetric(client, namespace, metric);
    const { proposal, current } = valueProposal(usage, target, input);
    const status = { type: 'External', external: { metric, current } };
    return { kind: 'found', proposal, name: `external metric ${metric.name}(${identifier})`, status };
  } catch (error) {
    const why =
      error instanceof ReplicasError
        ? error.message
        : `unable to get external metric ${namespace}/${metric.name}/${identifier}: ${errorText(error)}`;
    const inner =
      target.averageValue === undefined
        ? `failed to get external metric ${metric.name}: ${why}`
        : `failed to get ${metric.name} external metric: ${why}`;
    return failed('FailedGetExternalMetric', why, `failed to get ${metric.name} external metric value: ${inner}`);
  }
}

function valueProposal(
  usage: number,
  { value, averageValue }: autoscalingv2.MetricTarget,
  { tolerances, pods, specReplicas, statusReplicas }: ValueInput,
): { readonly proposal: Proposal; readonly current: autoscalingv2.MetricValueStatus } {
  if (averageValue !== undefined) {
    const found = getPerPodReplicas(usage, parseQuantity(averageValue).milliValue(), statusReplicas, tolerances);
    return { proposal: proposalOf(found), current: { averageValue: milli(found.usage) } };
  }
  const target = parseQuantity(value ?? '0').milliValue();
  const found = getUsageRatioReplicaCount(usage, target, specReplicas, tolerances, pods);
  return { proposal: proposalOf(found), current: { value: milli(found.usage) } };
}
