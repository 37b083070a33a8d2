/**
 * Scales workloads to what their pods use: every fifteen seconds for each autoscaler.
 *
 * Reads autoscalers and pods through informers, and metrics and scales from the API; writes scales and the autoscaler's status.
 * Upstream: pkg/controller/podautoscaler/horizontal.go (v1.36)
 */
import type * as autoscalingv1 from '../../../api/autoscaling/v1.ts';
import type * as autoscalingv2 from '../../../api/autoscaling/v2.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as metricsv1beta1 from '../../../api/metrics/v1beta1.ts';
import { horizontalPodAutoscalers, pods } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { parseDuration } from '../../../apimachinery/duration.ts';
import { parseSelector, type Selector } from '../../../apimachinery/labels.ts';
import { type ListObject, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { newMilliQuantity, parseQuantity } from '../../../apimachinery/quantity.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { isConflict, StatusError } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition, removeCondition } from '../shared/conditions.ts';
import { type DiscoveredResource, serverPreferredResources } from '../shared/discovery.ts';
import {
  calculateRequests,
  getRawResourceReplicas,
  getResourceReplicas,
  type PodMetric,
  type Proposal,
} from './metric-replicas.ts';
import { normalizeDesiredReplicas, type ScaleHistory } from './normalize-replicas.ts';
import { computeReplicasForValue } from './value-metrics.ts';

type Autoscaler = autoscalingv2.HorizontalPodAutoscaler;

const syncPeriodMs = 15_000;
const tolerance = 0.1;

export const horizontalPodAutoscalerController = defineController({
  name: 'horizontal-pod-autoscaler-controller',
  serviceAccount: 'horizontal-pod-autoscaler',
  start,
});

function start(run: ControllerRun): void {
  const informer = run.informer(horizontalPodAutoscalers);
  const podInformer = run.informer(pods);
  const queue = run.queue();
  const recorder = run.recorder('horizontal-pod-autoscaler');
  const histories = new Map<string, ScaleHistory>();
  const selectors = new Map<string, Selector>();
  const later = (key: string) => queue.addAfter(key, syncPeriodMs, { background: true });
  run.watch(informer, {
    add: (hpa) => later(metaNamespaceKey(hpa)),
    update: (_, hpa) => later(metaNamespaceKey(hpa)),
    delete: (hpa) => {
      histories.delete(metaNamespaceKey(hpa));
      selectors.delete(metaNamespaceKey(hpa));
    },
  });
  run.work({
    queue,
    informers: [informer, podInformer],
    *reconcile(key) {
      const hpa = informer.store.get(key);
      if (!hpa) return;
      const history = histories.get(key) ?? { recommendations: [], scaleUps: [], scaleDowns: [] };
      histories.set(key, history);
      const rivals = (selector: Selector): readonly string[] => {
        selectors.set(key, selector);
        const selected = podsOf(selector);
        return [...selectors]
          .filter(([other]) => other.startsWith(`${hpa.metadata.namespace}/`))
          .filter(([, one]) => selected.some((pod) => one.matches(pod.metadata.labels)))
          .map(([other]) => other)
          .sort();
      };
      const podsOf = (selector: Selector) =>
        podInformer.store.list(hpa.metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels));
      try {
        yield* new AutoscalerSync(run, recorder, hpa, history, podsOf, rivals).sync();
      } catch (error) {
        // What an autoscaler cannot do stands in its status; only a lost race is worth a second look before its time.
        if (!(error instanceof Error)) throw error;
      } finally {
        later(key);
      }
    },
  });
}

interface MetricOutcome {
  readonly proposal?: Proposal;
  readonly name?: string;
  readonly status?: autoscalingv2.MetricStatus;
  readonly failure?: { readonly reason: string; readonly condition: string; readonly error: string };
}

/** One look at one autoscaler. Upstream: reconcileAutoscaler (v1.36) */
class AutoscalerSync {
  readonly #run: ControllerRun;
  readonly #recorder: EventRecorder;
  readonly #hpa: Autoscaler;
  readonly #history: ScaleHistory;
  readonly #podsOf: (selector: Selector) => readonly corev1.Pod[];
  readonly #rivals: (selector: Selector) => readonly string[];
  #conditions: readonly autoscalingv2.HorizontalPodAutoscalerCondition[];

  constructor(
    run: ControllerRun,
    recorder: EventRecorder,
    hpa: Autoscaler,
    history: ScaleHistory,
    podsOf: (selector: Selector) => readonly corev1.Pod[],
    rivals: (selector: Selector) => readonly string[],
  ) {
    this.#run = run;
    this.#recorder = recorder;
    this.#hpa = hpa;
    this.#history = history;
    this.#podsOf = podsOf;
    this.#rivals = rivals;
    this.#conditions = hpa.status?.conditions ?? [];
  }

  *sync(): Process<void> {
    const spec = this.#hpa.spec;
    if (!spec) return;
    let target: DiscoveredResource;
    let scale: autoscalingv1.Scale;
    try {
      target = yield* this.#target(spec.scaleTargetRef);
      scale = yield* this.#resource(target).getSubresource<autoscalingv1.Scale>(spec.scaleTargetRef.name, 'scale');
    } catch (error) {
      this.#event('Warning', 'FailedGetScale', errorText(error));
      const message = `the HPA controller was unable to get the target's current scale: ${errorText(error)}`;
      this.#condition('AbleToScale', 'False', 'FailedGetScale', message);
      return yield* this.#writeStatus(this.#hpa.status ?? {});
    }
    const able = "the HPA controller was able to get the target's current scale";
    this.#condition('AbleToScale', 'True', 'SucceededGetScale', able);
    yield* this.#decide(spec, target, scale);
  }
  *#target(ref: autoscalingv2.CrossVersionObjectReference): Process<DiscoveredResource> {
    const group = parseGroupVersion(ref.apiVersion ?? '')?.group;
    const { resources } = yield* serverPreferredResources(this.#run.client);
    const found = resources.find((resource) => resource.group === group && resource.kind === ref.kind);
    if (!found) throw new Error(`no matches for kind "${ref.kind}" in group "${group ?? ''}"`);
    return found;
  }
  #resource(target: DiscoveredResource) {
    return this.#run.client.resource(target, this.#hpa.metadata.namespace);
  }

  *#decide(
    spec: autoscalingv2.HorizontalPodAutoscalerSpec,
    target: DiscoveredResource,
    scale: autoscalingv1.Scale,
  ): Process<void> {
    const current = scale.spec?.replicas ?? 0;
    const { minReplicas = 1, maxReplicas } = spec;
    const { recommendations } = this.#history;
    if (recommendations.length === 0) recommendations.push({ atMs: this.#run.now(), count: current });
    if (current === 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#condition('ScalingActive', 'False', 'ScalingDisabled', message);
      return yield* this.#finish(current, current, undefined, false);
    }
    if (current > maxReplicas) {
      const reason = 'Current number of replicas above Spec.MaxReplicas';
      return yield* this.#rescale(target, scale, current, maxReplicas, reason, undefined);
    }
    if (current < minReplicas) {
      const reason = 'Current number of replicas below Spec.MinReplicas';
      return yield* this.#rescale(target, scale, current, minReplicas, reason, undefined);
    }
    const computed = yield* this.#computeReplicasForMetrics(spec, scale);
    if (!computed) return;
    const { desired, metric, statuses } = computed;
    const normalized = normalizeDesiredReplicas({
      history: this.#history,
      behavior: spec.behavior,
      minReplicas,
      maxReplicas,
      current,
      desired,
      nowMs: this.#run.now(),
    });
    this.#condition('AbleToScale', 'True', normalized.able.reason, normalized.able.message);
    const { status, reason, message } = normalized.limited;
    this.#condition('ScalingLimited', status, reason, message);
    if (normalized.replicas === current) return yield* this.#finish(current, current, statuses, false);
    const why = desired > current ? `${metric} above target` : desired < current ? 'All metrics below target' : '';
    yield* this.#rescale(target, scale, current, normalized.replicas, why, statuses);
  }

  // Metrics.

  *#computeReplicasForMetrics(spec: autoscalingv2.HorizontalPodAutoscalerSpec, scale: autoscalingv1.Scale) {
    const current = scale.spec?.replicas ?? 0;
    const metrics = spec.metrics ?? [];
    const selector = this.#selector(scale);
    if (typeof selector === 'string') return yield* this.#giveUp(current, undefined, selector);
    let best: { readonly replicas: number; readonly name: string } | undefined;
    const statuses: autoscalingv2.MetricStatus[] = [];
    const failures: NonNullable<MetricOutcome['failure']>[] = [];
    for (const metric of metrics) {
      const { proposal, name = '', status, failure } = yield* this.#computeReplicasForMetric(metric, scale, selector);
      statuses.push(status ?? ({ type: '' } as unknown as autoscalingv2.MetricStatus));
      if (failure) failures.push(failure);
      if (proposal && (!best || proposal.replicas > best.replicas)) best = { replicas: proposal.replicas, name };
    }
    const [first] = failures;
    if (first && (!best || best.replicas < current)) {
      this.#condition('ScalingActive', 'False', first.reason, first.condition);
      const error = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ${first.error}`;
      return yield* this.#giveUp(current, statuses, error);
    }
    const name = best?.name ?? '';
    const message = `the HPA was able to successfully calculate a replica count from ${name}`;
    this.#condition('ScalingActive', 'True', 'ValidMetricFound', message);
    return { desired: best?.replicas ?? current, metric: name, statuses };
  }
  *#giveUp(
    current: number,
    statuses: readonly autoscalingv2.MetricStatus[] | undefined,
    error: string,
  ): Process<undefined> {
    yield* this.#finish(current, this.#hpa.status?.desiredReplicas ?? 0, statuses, false);
    this.#event('Warning', 'FailedComputeMetricsReplicas', error);
    return undefined;
  }

  /** Gives the error's text when the scale's selector cannot be used. Upstream: validateAndParseSelector (v1.36) */
  #selector(scale: autoscalingv1.Scale): Selector | string {
    const text = scale.status?.selector ?? '';
    if (text === '') {
      this.#event('Warning', 'SelectorRequired', 'selector is required');
      this.#condition('ScalingActive', 'False', 'InvalidSelector', "the HPA target's scale is missing a selector");
      return 'selector is required';
    }
    let selector: Selector;
    try {
      selector = parseSelector(text);
    } catch (error) {
      const why = `couldn't convert selector into a corresponding internal selector object: ${errorText(error)}`;
      this.#event('Warning', 'InvalidSelector', why);
      this.#condition('ScalingActive', 'False', 'InvalidSelector', why);
      return why;
    }
    const rivals = this.#rivals(selector);
    if (rivals.length <= 1) return selector;
    const why = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
    this.#event('Warning', 'AmbiguousSelector', why);
    this.#condition('ScalingActive', 'False', 'AmbiguousSelector', why);
    return why;
  }

  *#computeReplicasForMetric(
    metric: autoscalingv2.MetricSpec,
    scale: autoscalingv1.Scale,
    selector: Selector,
  ): Process<MetricOutcome> {
    const current = scale.spec?.replicas ?? 0;
    const { resource, containerResource } = metric;
    const source = resource ?? containerResource;
    const container = containerResource?.container;
    const reason = resource ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
    const what = resource ? `${resource.name} resource` : `${container ?? ''} container`;
    try {
      if (!source) return yield* this.#computeReplicasForValue(metric, scale, selector);
      const found = yield* this.#resourceProposal(source, container, current, selector);
      return { ...found, status: metricStatus(source.name, container, found.proposal) };
    } catch (error) {
      return this.#metricFailure(reason, errorText(error), `failed to get ${what} metric value: ${errorText(error)}`);
    }
  }
  *#resourceProposal(
    source: autoscalingv2.ResourceMetricSource,
    container: string | undefined,
    current: number,
    selector: Selector,
  ): Process<{ readonly proposal: Proposal; readonly name: string }> {
    const { name, target } = source;
    const goal = target.averageValue === undefined ? 'utilization' : 'usage';
    try {
      const metrics = yield* this.#resourceMetrics(name, container, selector);
      const input = {
        pods: this.#podsOf(selector),
        metrics,
        currentReplicas: current,
        tolerances: this.#tolerances(),
        isCpu: name === 'cpu',
        nowMs: this.#run.now(),
      };
      if (target.averageValue !== undefined) {
        const proposal = getRawResourceReplicas(input, parseQuantity(target.averageValue).milliValue());
        return { proposal, name: `${name} resource` };
      }
      const requests = calculateRequests(input.pods, container, name);
      const proposal = getResourceReplicas(input, requests, target.averageUtilization ?? 0);
      const kind = container === undefined ? 'resource' : 'container resource';
      return { proposal, name: `${name} ${kind} utilization (percentage of request)` };
    } catch (error) {
      throw new Error(`failed to get ${name} ${goal}: ${errorText(error)}`, { cause: error });
    }
  }
  *#resourceMetrics(
    name: string,
    container: string | undefined,
    selector: Selector,
  ): Process<ReadonlyMap<string, PodMetric>> {
    const { namespace = '' } = this.#hpa.metadata;
    const query = `labelSelector=${encodeURIComponent(selector.toString())}`;
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?${query}`;
    let list: ListObject<metricsv1beta1.PodMetrics>;
    try {
      list = yield* this.#run.client.json<ListObject<metricsv1beta1.PodMetrics>>({ path });
    } catch (error) {
      const missing = error instanceof StatusError && error.code === 404;
      const why = missing
        ? 'the server could not find the requested resource (get pods.metrics.k8s.io)'
        : errorText(error);
      const what = `unable to fetch metrics from resource metrics API: ${why}`;
      throw new Error(`unable to get metrics for resource ${name}: ${what}`, { cause: error });
    }
    if (list.items.length === 0) {
      throw new Error(`unable to get metrics for resource ${name}: no metrics returned from resource metrics API`);
    }
    const out = new Map<string, PodMetric>();
    for (const item of list.items) {
      const used = item.containers.filter((one) => container === undefined || one.name === container);
      if (used.length === 0 || used.some((one) => one.usage[name] === undefined)) continue;
      const value = used.reduce((sum, one) => sum + parseQuantity(one.usage[name] ?? '0').milliValue(), 0);
      const timestampMs = timeOf(item.timestamp) ?? this.#run.now();
      out.set(item.metadata.name ?? '', { value, timestampMs, windowMs: parseDuration(item.window) });
    }
    return out;
  }
  #tolerances() {
    const { scaleDown, scaleUp } = this.#hpa.spec?.behavior ?? {};
    const of = (rules: autoscalingv2.HPAScalingRules | undefined) =>
      rules?.tolerance === undefined ? tolerance : parseQuantity(rules.tolerance).milliValue() / 1000;
    return { scaleDown: of(scaleDown), scaleUp: of(scaleUp) };
  }
  /** Metrics of pods, of an object, from outside. */
  *#computeReplicasForValue(
    metric: autoscalingv2.MetricSpec,
    scale: autoscalingv1.Scale,
    selector: Selector,
  ): Process<MetricOutcome> {
    const outcome = yield* computeReplicasForValue(metric, {
      client: this.#run.client,
      namespace: this.#hpa.metadata.namespace ?? '',
      nowMs: this.#run.now(),
      tolerances: this.#tolerances(),
      selector,
      pods: this.#podsOf(selector),
      specReplicas: scale.spec?.replicas ?? 0,
      statusReplicas: scale.status?.replicas ?? 0,
    });
    return outcome.kind === 'found' ? outcome : this.#metricFailure(outcome.reason, outcome.why, outcome.error);
  }
  #metricFailure(reason: string, why: string, error: string): MetricOutcome {
    this.#event('Warning', reason, why);
    return { failure: { reason, condition: `the HPA was unable to compute the replica count: ${why}`, error } };
  }

  // Writing.

  *#rescale(
    target: DiscoveredResource,
    scale: autoscalingv1.Scale,
    current: number,
    desired: number,
    reason: string,
    statuses: readonly autoscalingv2.MetricStatus[] | undefined,
  ): Process<void> {
    const name = this.#hpa.spec?.scaleTargetRef.name ?? '';
    const resource = this.#resource(target);
    let latest = scale;
    for (let attempt = 0; ; attempt++) {
      try {
        yield* resource.updateSubresource(name, 'scale', { ...latest, spec: { ...latest.spec, replicas: desired } });
        break;
      } catch (error) {
        if (isConflict(error) && attempt < 4) {
          latest = yield* resource.getSubresource<autoscalingv1.Scale>(name, 'scale');
          continue;
        }
        const why = errorText(error);
        this.#event('Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${why}`);
        const message = `the HPA controller was unable to update the target scale: ${why}`;
        this.#condition('AbleToScale', 'False', 'FailedUpdateScale', message);
        return yield* this.#finish(current, this.#hpa.status?.desiredReplicas ?? 0, statuses, false);
      }
    }
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    this.#condition('AbleToScale', 'True', 'SucceededRescale', message);
    this.#event('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    this.#storeScaleEvent(current, desired);
    this.#conditions = removeCondition(this.#conditions, 'ScaledToZero');
    yield* this.#finish(current, desired, statuses, true);
  }
  #storeScaleEvent(before: number, after: number): void {
    const { behavior } = this.#hpa.spec ?? {};
    if (!behavior) return;
    const list = after > before ? this.#history.scaleUps : this.#history.scaleDowns;
    const rules = after > before ? behavior.scaleUp : behavior.scaleDown;
    const longestMs = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds)) * 1000;
    const now = this.#run.now();
    const kept = list.filter(({ atMs }) => atMs >= now - longestMs);
    list.splice(0, list.length, ...kept, { atMs: now, count: Math.abs(after - before) });
  }

  #finish(
    currentReplicas: number,
    desiredReplicas: number,
    statuses: readonly autoscalingv2.MetricStatus[] | undefined,
    rescaled: boolean,
  ): Process<void> {
    const lastScaleTime = rescaled ? formatTime(this.#run.now()) : this.#hpa.status?.lastScaleTime;
    return this.#writeStatus({
      ...(lastScaleTime ? { lastScaleTime } : {}),
      ...(currentReplicas > 0 ? { currentReplicas } : {}),
      desiredReplicas,
      // Go's encoding has no empty list here: it is null, and recorded so.
      currentMetrics: (statuses && statuses.length > 0 ? statuses : null) as readonly autoscalingv2.MetricStatus[],
    });
  }
  *#writeStatus(counts: Partial<autoscalingv2.HorizontalPodAutoscalerStatus>): Process<void> {
    const { conditions: _, ...rest } = counts;
    const generation = this.#hpa.status?.observedGeneration;
    const status = {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      desiredReplicas: 0,
      ...rest,
      conditions: this.#conditions,
    };
    if (deepEqual(this.#hpa.status, status)) return;
    const resource = this.#run.client.resource(horizontalPodAutoscalers, this.#hpa.metadata.namespace);
    try {
      yield* resource.updateStatus({ ...this.#hpa, status });
    } catch (error) {
      this.#event('Warning', 'FailedUpdateStatus', errorText(error));
      throw error;
    }
  }
  #condition(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const old = getCondition(this.#conditions, type);
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : formatTime(this.#run.now());
    const next = {
      type,
      status,
      ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
      reason,
      message,
    };
    this.#conditions = old
      ? this.#conditions.map((condition) => (condition === old ? next : condition))
      : [...this.#conditions, next];
  }
  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(this.#hpa, type, reason, message);
  }
}

function metricStatus(
  name: string,
  container: string | undefined,
  { rawUsage, utilization }: Proposal,
): autoscalingv2.MetricStatus {
  const averageValue = newMilliQuantity(rawUsage, name === 'memory' ? 'BinarySI' : 'DecimalSI').toString();
  const current = { ...(utilization === undefined ? {} : { averageUtilization: utilization }), averageValue };
  if (container === undefined) return { type: 'Resource', resource: { name, current } };
  return { type: 'ContainerResource', containerResource: { name, container, current } };
}
