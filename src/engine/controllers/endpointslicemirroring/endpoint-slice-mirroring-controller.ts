/**
 * Mirrors Endpoints that somebody wrote by hand (for a Service without a selector) to EndpointSlices.
 *
 * Reads endpoints, services and slices through informers; writes slices.
 * Upstream: pkg/controller/endpointslicemirroring (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { endpointSlices, endpoints, services } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { type KubernetesObject, metaNamespaceKey, newControllerRef } from '../../../apimachinery/object-meta.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { canonicalText } from '../shared/canonical-text.ts';
import { defined } from '../shared/compact.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';
import { EndpointSliceTracker } from '../shared/endpoint-slice-tracker.ts';
import { lastChangeTriggerTimeAnnotation } from '../shared/pod-endpoints.ts';
import { repackSubsets } from '../shared/repack-subsets.ts';

type Slice = discoveryv1.EndpointSlice;

const controllerName = 'endpointslicemirroring-controller.k8s.io';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const serviceNameLabel = 'kubernetes.io/service-name';
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const maxEndpointsPerSubset = 1000;

export const endpointSliceMirroringController = defineController({
  name: 'endpointslice-mirroring-controller',
  serviceAccount: 'endpointslicemirroring-controller',
  start,
});

const shouldMirror = (object: corev1.Endpoints | undefined): object is corev1.Endpoints =>
  object !== undefined &&
  object.metadata.labels?.[skipMirrorLabel] !== 'true' &&
  object.metadata.annotations?.[leaderAnnotation] === undefined;

const keyOf = (slice: Slice) => `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceNameLabel] ?? ''}`;
const isManaged = (slice: Slice) => slice.metadata.labels?.[managedByLabel] === controllerName;

function start(run: ControllerRun): void {
  const endpointsInformer = run.informer(endpoints);
  const serviceInformer = run.informer(services);
  const sliceInformer = run.informer(endpointSlices, { service: (slice: Slice) => [keyOf(slice)] });
  const queue = run.queue();
  const recorder = run.recorder('endpoint-slice-mirroring-controller');
  const tracker = new EndpointSliceTracker();
  const enqueue = (object: KubernetesObject) => queue.add(metaNamespaceKey(object));
  run.watch(endpointsInformer, {
    add: enqueue,
    update: (old, object) => {
      if (shouldMirror(old) || shouldMirror(object)) enqueue(object);
    },
    delete: enqueue,
  });
  run.watch(serviceInformer, {
    add: enqueue,
    update: (old, service) => {
      const selects = (one: corev1.Service) => one.spec?.selector !== undefined;
      if (selects(old) !== selects(service)) enqueue(service);
    },
    delete: enqueue,
  });
  run.watch(sliceInformer, {
    add: (slice) => {
      if (isManaged(slice) && !tracker.expects(keyOf(slice), slice)) queue.add(keyOf(slice));
    },
    update: (old, slice) => {
      if (!isManaged(old) && !isManaged(slice)) return;
      if (!tracker.expects(keyOf(slice), slice)) queue.add(keyOf(slice));
    },
    delete: (slice) => {
      if (isManaged(slice) && !tracker.handleDeletion(keyOf(slice), slice)) queue.add(keyOf(slice));
    },
  });

  function* reconcile(key: string): Process<void> {
    const object = endpointsInformer.store.get(key);
    const service = serviceInformer.store.get(key);
    const slices = sliceInformer.store.byIndex('service', key).filter(isManaged);
    if (!shouldMirror(object) || !service || service.spec?.selector) {
      tracker.forget(key);
      for (const slice of slices) yield* remove(run, slice);
      return;
    }
    if (tracker.staleSlices(key, slices)) return queue.addAfter(key, 1000);
    const { groups, skipped, invalid } = desired(object);
    if (invalid > 0) {
      const message = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
      recorder.event(object, 'Warning', 'InvalidIPAddress', message);
    }
    if (skipped > invalid) {
      const message = `A max of ${maxEndpointsPerSubset} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
      recorder.event(object, 'Warning', 'TooManyAddressesToMirror', message);
    }
    yield* writeSlices(run, key, object, groups, slices, tracker);
  }
  run.work({ queue, informers: [endpointsInformer, serviceInformer, sliceInformer], maxRetries: 15, reconcile });
}

interface Group {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly discoveryv1.EndpointPort[];
  readonly endpoints: discoveryv1.Endpoint[];
}

const isIP = (text: string) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text);

function desired(object: corev1.Endpoints) {
  const groups = new Map<string, Group>();
  let skipped = 0;
  let invalid = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of repackSubsets(object.subsets ?? [])) {
    const slicePorts = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) =>
      defined<discoveryv1.EndpointPort>({ name, port, protocol, appProtocol }),
    );
    let added = 0;
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ];
    for (const { address, ready } of all) {
      if (added >= maxEndpointsPerSubset) break;
      if (!isIP(address.ip)) {
        invalid++;
        continue;
      }
      added++;
      const addressType = address.ip.includes(':') ? 'IPv6' : 'IPv4';
      const key = `${addressType}-${canonicalText(slicePorts)}`;
      const group = groups.get(key) ?? { addressType, ports: slicePorts, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(
        defined<discoveryv1.Endpoint>({
          addresses: [address.ip],
          conditions: { ready },
          targetRef: address.targetRef,
          nodeName: address.nodeName,
          hostname: address.hostname || undefined,
          zone: undefined,
          hints: undefined,
          deprecatedTopology: undefined,
        }),
      );
    }
    skipped += all.length - added;
  }
  return { groups, skipped, invalid };
}

function* writeSlices(
  run: ControllerRun,
  key: string,
  object: corev1.Endpoints,
  groups: ReadonlyMap<string, Group>,
  existing: readonly Slice[],
  tracker: EndpointSliceTracker,
): Process<void> {
  const resource = run.client.resource(endpointSlices, object.metadata.namespace);
  const spare = [...existing];
  const take = (fits: (slice: Slice) => boolean) => {
    const at = spare.findIndex(fits);
    return at < 0 ? undefined : spare.splice(at, 1)[0];
  };
  const matched = [...groups].map(([groupKey, group]) => ({
    group,
    slice: take((slice) => `${slice.addressType}-${canonicalText(slice.ports ?? [])}` === groupKey),
  }));
  for (const { group, slice } of matched) {
    const reused = slice ?? take((other) => other.addressType === group.addressType);
    const next = mirrored(object, group, reused);
    if (!reused) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      try {
        tracker.update(key, yield* resource.create(next));
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
        return;
      }
    } else if (!unchanged(reused, next)) tracker.update(key, yield* resource.update(next));
  }
  for (const slice of spare) {
    yield* remove(run, slice);
    tracker.expectDeletion(key, slice);
  }
}

const unchanged = (old: Slice, next: Slice) =>
  deepEqual(
    [...(old.endpoints ?? [])].map(canonicalText).sort(),
    [...(next.endpoints ?? [])].map(canonicalText).sort(),
  ) &&
  deepEqual(old.ports ?? [], next.ports ?? []) &&
  deepEqual(old.metadata.labels, next.metadata.labels) &&
  deepEqual(old.metadata.annotations ?? {}, next.metadata.annotations ?? {});

function mirrored(object: corev1.Endpoints, group: Group, reused: Slice | undefined): Slice {
  const { name = '', namespace = '' } = object.metadata;
  const {
    [lastChangeTriggerTimeAnnotation]: _,
    [lastAppliedAnnotation]: __,
    ...annotations
  } = object.metadata.annotations ?? {};
  const empty = <T>(list: readonly T[]) => (list.length > 0 ? list : null) as readonly T[];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...(reused ? { name: reused.metadata.name ?? '' } : { generateName: `${name}-` }),
      namespace,
      labels: { ...object.metadata.labels, [serviceNameLabel]: name, [managedByLabel]: controllerName },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [newControllerRef(object, { group: '', version: 'v1', kind: 'Endpoints' })],
    },
    addressType: group.addressType,
    endpoints: group.endpoints.slice(0, maxEndpointsPerSubset),
    ports: empty(group.ports),
  };
}

function* remove(run: ControllerRun, slice: Slice): Process<void> {
  yield* ignoreNotFound(
    run.client.resource(endpointSlices, slice.metadata.namespace).delete(slice.metadata.name ?? ''),
  );
}
