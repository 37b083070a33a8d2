/**
 * Keeps the EndpointSlices of each Service: which pods answer for it, and in which state they are.
 *
 * Reads services, pods, nodes and slices through informers; writes slices.
 * Upstream: pkg/controller/endpointslice/endpointslice_controller.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { endpointSlices, nodes, pods, services } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { BucketRateLimiter, ExponentialFailureRateLimiter, MaxOfRateLimiter } from '../../../client/rate-limiters.ts';
import type { Informer } from '../../../client/informer.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { getCondition } from '../shared/conditions.ts';
import { EndpointSliceTracker } from '../shared/endpoint-slice-tracker.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';
import { lastChangeTriggerTimeAnnotation, podsOfService, watchPodsOfServices } from '../shared/pod-endpoints.ts';
import { TriggerTimeTracker } from '../shared/trigger-time-tracker.ts';
import {
  controllerName,
  getAddressTypesForService,
  managedByLabel,
  serviceNameLabel,
  zoneLabel,
} from './endpoint-slice-util.ts';
import { planSlices } from './slice-plan.ts';
import { hasExcludedLabels, TopologyCache } from './topology-cache.ts';

type Slice = discoveryv1.EndpointSlice;

export const endpointSliceController = defineController({ name: 'endpointslice-controller', start });

const serviceKeyOf = (slice: Slice): string | undefined => {
  const name = slice.metadata.labels?.[serviceNameLabel];
  return name ? `${slice.metadata.namespace}/${name}` : undefined;
};
const isManaged = (slice: Slice) => slice.metadata.labels?.[managedByLabel] === controllerName;
const byService = { service: (slice: Slice): readonly string[] => [serviceKeyOf(slice) ?? ''] };

function start(run: ControllerRun): void {
  const serviceInformer = run.informer(services);
  const podInformer = run.informer(pods);
  const nodeInformer = run.informer(nodes);
  const sliceInformer = run.informer(endpointSlices, byService);
  const limiters = [
    new ExponentialFailureRateLimiter(1000, 1_000_000),
    new BucketRateLimiter(() => run.now(), 10, 100),
  ];
  const queue = run.queue(new MaxOfRateLimiter(limiters));
  const tracker = new EndpointSliceTracker();
  const triggers = new TriggerTimeTracker();
  const topology = new TopologyCache();
  const recorder = run.recorder('endpoint-slice-controller');

  run.watch(serviceInformer, {
    add: (service) => queue.add(metaNamespaceKey(service)),
    update: (_, service) => queue.add(metaNamespaceKey(service)),
    delete: (service) => queue.add(metaNamespaceKey(service)),
  });
  watchPodsOfServices(run, podInformer, serviceInformer, (key) => queue.add(key));
  watchZones(run, nodeInformer, () => {
    topology.setNodes(nodeInformer.store.list());
    for (const key of topology.overloadedServices()) queue.add(key);
  });
  run.watch(sliceInformer, {
    add: (slice) => {
      const key = serviceKeyOf(slice);
      if (key !== undefined && isManaged(slice) && !tracker.expects(key, slice)) queue.add(key);
    },
    update: (old, slice) => {
      const key = serviceKeyOf(slice);
      if (key === undefined) return;
      if (isManaged(old) !== isManaged(slice)) queue.add(key);
      else if (isManaged(slice) && !tracker.expects(key, slice)) queue.add(key);
    },
    delete: (slice) => {
      const key = serviceKeyOf(slice);
      if (key !== undefined && isManaged(slice) && !tracker.handleDeletion(key, slice)) queue.add(key);
    },
  });

  function* reconcile(key: string): Process<void> {
    const service = serviceInformer.store.get(key);
    if (!service) {
      tracker.forget(key);
      triggers.forget(key);
      for (const addressType of ['IPv4', 'IPv6']) topology.removeHints(key, addressType);
      return;
    }
    if (service.spec?.type === 'ExternalName' || !service.spec?.selector) return;
    const slices = sliceInformer.store.byIndex('service', key).filter(isManaged);
    const alive = slices.filter((slice) => slice.metadata.deletionTimestamp === undefined);
    if (tracker.staleSlices(key, slices)) throw staleView();
    const selected = podsOfService(service, podInformer);
    const trigger = triggers.compute(key, service, selected);
    const writer = new SliceWriter(run, key, service, tracker, trigger);
    const types = getAddressTypesForService(service);
    const errors: string[] = [];
    for (const addressType of types) {
      const plan = planSlices({
        service,
        pods: selected,
        existing: alive.filter((slice) => slice.addressType === addressType),
        addressType,
        node: (name) => nodeInformer.store.get(name),
        topology,
      });
      yield* writer.create(plan.create);
      yield* writer.update(plan.update);
      yield* writer.remove(plan.remove);
      errors.push(...plan.errors);
      for (const { type, reason, message } of plan.events) recorder.event(service, type, reason, message);
    }
    yield* writer.remove(alive.filter((slice) => !(types as readonly string[]).includes(slice.addressType)));
    if (errors.length > 0) throw new SkippedPodsError(errors.join(', '));
  }
  const informers = [serviceInformer, podInformer, nodeInformer, sliceInformer];
  const report = (error: unknown, what: string) => {
    if (!(error instanceof SkippedPodsError)) run.context.report(error, what);
  };
  run.work({ queue, informers, maxRetries: 15, reconcile, report });
}

/**
 * Calls back when the zones of nodes that take part have changed, once for all changes at an instant.
 *
 * Upstream: endpointslice_controller.go addNode, updateNode (v1.36). Differs: also when a node stops or begins to take part by its labels,
 * which upstream learns at the next change of any node: nodes here are all made at once, and one is marked later.
 */
function watchZones(run: ControllerRun, informer: Informer<corev1.Node>, changed: () => void): void {
  const queue = run.queue();
  const look = () => queue.add('nodes');
  const zoneOf = (node: corev1.Node) =>
    [
      getCondition(node.status?.conditions, 'Ready')?.status === 'True',
      hasExcludedLabels(node.metadata.labels),
      node.metadata.labels?.[zoneLabel] ?? '',
    ].join(' ');
  run.watch(informer, {
    add: look,
    update: (old, node) => {
      if (zoneOf(old) !== zoneOf(node)) look();
    },
    delete: look,
  });
  run.work({
    queue,
    informers: [informer],
    workers: 1,
    *reconcile() {
      changed();
    },
  });
}

/** The view has not caught up with the pods' nodes, or with what was written: everyday, tried again. */
class SkippedPodsError extends Error {}

const staleView = () => new SkippedPodsError('EndpointSlice informer cache is out of date');

class SliceWriter {
  readonly #run: ControllerRun;
  readonly #key: string;
  readonly #service: corev1.Service;
  readonly #tracker: EndpointSliceTracker;
  readonly #trigger: string | undefined;

  constructor(
    run: ControllerRun,
    key: string,
    service: corev1.Service,
    tracker: EndpointSliceTracker,
    trigger: string | undefined,
  ) {
    this.#run = run;
    this.#key = key;
    this.#service = service;
    this.#tracker = tracker;
    this.#trigger = trigger;
  }

  get #resource() {
    return this.#run.client.resource(endpointSlices, this.#service.metadata.namespace);
  }
  *create(slices: readonly Slice[]): Process<void> {
    if (this.#service.metadata.deletionTimestamp !== undefined) return;
    for (const slice of slices) {
      try {
        this.#tracker.update(this.#key, yield* this.#resource.create(this.#stamped(slice)));
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
        return;
      }
    }
  }
  *update(slices: readonly Slice[]): Process<void> {
    for (const slice of slices) {
      this.#tracker.update(this.#key, yield* this.#resource.update(this.#stamped(slice)));
    }
  }
  *remove(slices: readonly Slice[]): Process<void> {
    for (const slice of slices) {
      try {
        yield* this.#resource.delete(slice.metadata.name ?? '');
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      this.#tracker.expectDeletion(this.#key, slice);
    }
  }
  /** Go's encoding has no empty lists here: they are null, and recorded so. */
  #stamped(slice: Slice): Slice {
    const { [lastChangeTriggerTimeAnnotation]: _, ...others } = slice.metadata.annotations ?? {};
    const annotations = this.#trigger ? { ...others, [lastChangeTriggerTimeAnnotation]: this.#trigger } : others;
    const empty = <T>(list: readonly T[] | undefined) => ((list ?? []).length > 0 ? list : null) as readonly T[];
    const metadata = { ...slice.metadata, annotations };
    return { ...slice, metadata, endpoints: empty(slice.endpoints), ports: empty(slice.ports) };
  }
}
