/**
 * Keeps the Endpoints of each Service with a selector: the older form of its EndpointSlices.
 *
 * Reads services, pods and endpoints through informers; writes endpoints.
 * Upstream: pkg/controller/endpoint/endpoints_controller.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { endpoints, pods, services } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { metaNamespaceKey, splitMetaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import { BucketRateLimiter, ExponentialFailureRateLimiter, MaxOfRateLimiter } from '../../../client/rate-limiters.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { compact, defined } from '../shared/compact.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';
import {
  findPort,
  headlessLabel,
  isServiceIPSet,
  lastChangeTriggerTimeAnnotation,
  podsOfService,
  shouldPodBeInEndpoints,
  shouldSetHostname,
  watchPodsOfServices,
} from '../shared/pod-endpoints.ts';
import { isPodReady } from '../shared/pod-status.ts';
import { repackSubsets } from '../shared/repack-subsets.ts';
import { TriggerTimeTracker } from '../shared/trigger-time-tracker.ts';

const maxCapacity = 1000;
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';

export const endpointsController = defineController({
  name: 'endpoints-controller',
  serviceAccount: 'endpoint-controller',
  start,
});

function start(run: ControllerRun): void {
  const serviceInformer = run.informer(services);
  const podInformer = run.informer(pods);
  const endpointsInformer = run.informer(endpoints);
  const limiters = [
    new ExponentialFailureRateLimiter(1000, 1_000_000),
    new BucketRateLimiter(() => run.now(), 10, 100),
  ];
  const queue = run.queue(new MaxOfRateLimiter(limiters));
  const triggers = new TriggerTimeTracker();
  const recorder = run.recorder('endpoint-controller');
  run.watch(serviceInformer, {
    add: (service) => queue.add(metaNamespaceKey(service)),
    update: (_, service) => queue.add(metaNamespaceKey(service)),
    delete: (service) => queue.add(metaNamespaceKey(service)),
  });
  watchPodsOfServices(run, podInformer, serviceInformer, (key) => queue.add(key));
  run.watch(endpointsInformer, {
    add: (object) => {
      // What was left over while nobody watched is looked at once.
      const leads = object.metadata.annotations?.[leaderAnnotation] !== undefined;
      if (!endpointsInformer.hasSynced && !leads) queue.add(metaNamespaceKey(object));
    },
    delete: (object) => queue.add(metaNamespaceKey(object)),
  });
  run.work({
    queue,
    informers: [serviceInformer, podInformer, endpointsInformer],
    maxRetries: 15,
    *reconcile(key) {
      const service = serviceInformer.store.get(key);
      const { namespace, name } = splitMetaNamespaceKey(key);
      if (!service) {
        triggers.forget(key);
        if (!endpointsInformer.store.get(key)) return;
        yield* ignoreNotFound(run.client.resource(endpoints, namespace).delete(name));
        return;
      }
      if (service.spec?.type === 'ExternalName' || !service.spec?.selector) return;
      const selected = podsOfService(service, podInformer);
      const trigger = triggers.compute(key, service, selected);
      yield* write(
        run,
        recorder,
        service,
        endpointsInformer.store.get(key),
        desiredSubsets(service, selected),
        trigger,
      );
    },
  });
}

/** Upstream: syncService (v1.36) */
export function desiredSubsets(service: corev1.Service, selected: readonly corev1.Pod[]): corev1.EndpointSubset[] {
  const publishNotReady = service.spec?.publishNotReadyAddresses === true;
  const family = service.spec?.ipFamilies?.[0];
  const subsets: corev1.EndpointSubset[] = [];
  for (const pod of selected) {
    if (!shouldPodBeInEndpoints(pod, publishNotReady)) continue;
    const address = endpointAddress(service, pod, family);
    if (!address) continue;
    const add = (ports: readonly corev1.EndpointPort[]) =>
      subsets.push(
        publishNotReady || isPodReady(pod) ? { addresses: [address], ports } : { notReadyAddresses: [address], ports },
      );
    const servicePorts = service.spec?.ports ?? [];
    if (servicePorts.length === 0 && service.spec?.clusterIP === 'None') add([]);
    for (const servicePort of servicePorts) {
      const port = findPort(pod, servicePort);
      if (port === undefined) continue;
      const { name = '', protocol = 'TCP', appProtocol } = servicePort;
      const full = defined<corev1.EndpointPort>({ name: name || undefined, port, protocol, appProtocol });
      add([full]);
    }
  }
  return repackSubsets(subsets);
}

function endpointAddress(
  service: corev1.Service,
  pod: corev1.Pod,
  family: string | undefined,
): corev1.EndpointAddress | undefined {
  const ips = (pod.status?.podIPs ?? []).map(({ ip }) => ip);
  const wanted = family ? ips.find((one) => one.includes(':') === (family === 'IPv6')) : undefined;
  const ip = wanted ?? (family && ips.length > 0 ? undefined : pod.status?.podIP);
  if (!ip) return undefined;
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  return compact<corev1.EndpointAddress>({
    ip,
    hostname: shouldSetHostname(pod, service) ? pod.spec?.hostname : undefined,
    nodeName: pod.spec?.nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
  });
}

function* write(
  run: ControllerRun,
  recorder: EventRecorder,
  service: corev1.Service,
  current: corev1.Endpoints | undefined,
  subsets: readonly corev1.EndpointSubset[],
  trigger: string | undefined,
): Process<void> {
  const labels = {
    ...service.metadata.labels,
    ...(isServiceIPSet(service) ? {} : { [headlessLabel]: '' }),
    [managedByLabel]: 'endpoint-controller',
  };
  const total = subsets.reduce((n, s) => n + (s.addresses ?? []).length + (s.notReadyAddresses ?? []).length, 0);
  const over = current?.metadata.annotations?.[overCapacityAnnotation] !== undefined;
  const same = (list: readonly corev1.EndpointSubset[] | undefined) => deepEqual(repackSubsets(list ?? []), subsets);
  if (current && same(current.subsets) && sameLabels(current, labels) && total <= maxCapacity && !over) return;
  const {
    [lastChangeTriggerTimeAnnotation]: _,
    [overCapacityAnnotation]: __,
    ...others
  } = current?.metadata.annotations ?? {};
  const { namespace = '', name = '' } = service.metadata;
  const annotations = {
    ...others,
    ...(trigger ? { [lastChangeTriggerTimeAnnotation]: trigger } : {}),
    ...(total > maxCapacity ? { [overCapacityAnnotation]: 'truncated' } : {}),
  };
  const base = current ?? { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } };
  const { subsets: ___, ...bare } = base as corev1.Endpoints;
  const kept = total > maxCapacity ? truncated(subsets) : subsets;
  const next: corev1.Endpoints = {
    ...bare,
    metadata: { ...base.metadata, labels, annotations },
    ...(kept.length > 0 ? { subsets: kept } : {}),
  };
  const resource = run.client.resource(endpoints, namespace);
  try {
    if (current) yield* resource.update(next);
    else yield* resource.create(next);
  } catch (error) {
    if (!current && isNamespaceTerminating(error)) return;
    const reason = current ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint';
    const what = current ? `update endpoint ${namespace}/${name}` : `create endpoint for service ${namespace}/${name}`;
    const why = errorText(error);
    recorder.event(next, 'Warning', reason, `Failed to ${what}: ${why}`);
    throw error;
  }
}

const sameLabels = (current: corev1.Endpoints, labels: Readonly<Record<string, string>>) => {
  const { [headlessLabel]: _, ...mine } = current.metadata.labels ?? {};
  const { [headlessLabel]: __, ...wanted } = labels;
  return deepEqual(mine, wanted);
};

/** Keeps a fair share of each subset, ready addresses first. Upstream: truncateEndpoints (v1.36) */
function truncated(subsets: readonly corev1.EndpointSubset[]): corev1.EndpointSubset[] {
  const count = (of: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((n, subset) => n + (subset[of] ?? []).length, 0);
  const ready = count('addresses');
  const cut = ready > maxCapacity ? 'addresses' : 'notReadyAddresses';
  const max = cut === 'addresses' ? maxCapacity : maxCapacity - ready;
  const total = count(cut);
  let left = max;
  return subsets.map((subset) => {
    const share = Math.min(left, Math.ceil(((subset[cut] ?? []).length / total) * max));
    const kept = (subset[cut] ?? []).slice(0, share);
    left -= kept.length;
    const dropped = cut === 'addresses' ? { notReadyAddresses: [] } : {};
    return compact<corev1.EndpointSubset>({ ...subset, [cut]: kept, ...dropped });
  });
}
