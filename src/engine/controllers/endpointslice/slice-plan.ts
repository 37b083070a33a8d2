import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import {
  type AddressType,
  endpointKey,
  getEndpointPorts,
  newEndpointSlice,
  ownedBy,
  podToEndpoint,
  portMapKey,
  sliceLabels,
  withHints,
} from './endpoint-slice-util.ts';
import { type HintsEvent, hintsEnabled, type TopologyCache } from './topology-cache.ts';
import { shouldPodBeInEndpoints } from '../shared/pod-endpoints.ts';
import { orderSlicePorts } from '../shared/port-order.ts';

type Slice = discoveryv1.EndpointSlice;
const maxEndpointsPerSlice = 100;

/** What is to be written so that a service's slices are right. */
export interface SlicePlan {
  readonly create: readonly Slice[];
  readonly update: readonly Slice[];
  readonly remove: readonly Slice[];
  /** Pods that were left out because their nodes are unknown. */
  readonly errors: readonly string[];
  readonly events: readonly HintsEvent[];
}

export interface PlanInput {
  readonly service: corev1.Service;
  readonly pods: readonly corev1.Pod[];
  /** Slices of this address type. */
  readonly existing: readonly Slice[];
  readonly addressType: AddressType;
  node(name: string): corev1.Node | undefined;
  readonly topology: TopologyCache;
}

interface PortGroup {
  readonly ports: readonly discoveryv1.EndpointPort[];
  readonly endpoints: Map<string, discoveryv1.Endpoint>;
}

/** Upstream: endpointslice/reconciler.go reconcileByAddressType (v1.36). Differs: in order of pods where upstream takes any. */
export function planSlices(input: PlanInput): SlicePlan {
  const { service, existing, addressType } = input;
  const errors: string[] = [];
  const desired = desiredGroups(input, errors);
  const owned = new Map<string, Slice[]>();
  const remove: Slice[] = [];
  for (const slice of existing) {
    if (!ownedBy(slice, service)) remove.push(slice);
    else owned.set(portMapKey(slice.ports), [...(owned.get(portMapKey(slice.ports)) ?? []), slice]);
  }
  const plan = { create: [] as Slice[], update: [] as Slice[], remove };
  for (const [key, group] of desired) planGroup(service, addressType, group, owned.get(key) ?? [], plan);
  for (const [key, slices] of owned) if (!desired.has(key)) plan.remove.push(...slices);
  if (plan.remove.length === existing.length && plan.create.length === 0) keepPlaceholder(service, addressType, plan);
  const { events, ...changes } = hinted(input, plan);
  return { ...recycled(service, { ...changes, remove: plan.remove }), errors, events };
}

function desiredGroups({ service, pods, addressType, node }: PlanInput, errors: string[]): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    if (!shouldPodBeInEndpoints(pod, true)) continue;
    const ports = getEndpointPorts(service, pod);
    const key = portMapKey(ports);
    const group = groups.get(key) ?? { ports: orderSlicePorts(ports), endpoints: new Map() };
    groups.set(key, group);
    const nodeName = pod.spec?.nodeName ?? '';
    const found = node(nodeName);
    if (!found && service.spec?.publishNotReadyAddresses !== true) {
      const { namespace = '', name = '' } = service.metadata;
      const what = `skipping Pod ${pod.metadata.name ?? ''} for Service ${namespace}/${name}`;
      errors.push(`${what}: Node ${nodeName} Not Found`);
      continue;
    }
    const endpoint = podToEndpoint(pod, found, service, addressType);
    if (endpoint.addresses.length > 0) group.endpoints.set(endpointKey(endpoint), endpoint);
  }
  return groups;
}

type MutablePlan = { create: Slice[]; update: Slice[]; remove: Slice[] };

function planGroup(
  service: corev1.Service,
  addressType: AddressType,
  { ports, endpoints }: PortGroup,
  existing: readonly Slice[],
  plan: MutablePlan,
): void {
  const labels = sliceLabels(service);
  const missing = new Map(endpoints);
  const updates = new Map<string, Slice>();
  const unchanged = new Map<string, Slice>();
  for (const slice of existing) {
    const kept: discoveryv1.Endpoint[] = [];
    let changed = false;
    for (const endpoint of slice.endpoints ?? []) {
      const wanted = missing.get(endpointKey(endpoint));
      if (!wanted) continue;
      missing.delete(endpointKey(endpoint));
      kept.push(wanted);
      const { hints: _, ...bare } = endpoint;
      if (!deepEqual(bare, wanted)) changed = true;
    }
    const name = slice.metadata.name ?? '';
    if (changed || kept.length !== (slice.endpoints ?? []).length) {
      if (kept.length === 0) plan.remove.push(slice);
      else updates.set(name, { ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept });
    } else if (!deepEqual(slice.metadata.labels, labels)) {
      updates.set(name, { ...slice, metadata: { ...slice.metadata, labels } });
    } else unchanged.set(name, slice);
  }
  fillSlices(missing, updates, unchanged, () => newEndpointSlice(service, ports, addressType), plan);
  plan.update.push(...updates.values());
}

/** Puts the endpoints that are in no slice yet where there is room, and else into new slices. */
function fillSlices(
  missing: Map<string, discoveryv1.Endpoint>,
  updates: Map<string, Slice>,
  unchanged: Map<string, Slice>,
  makeSlice: () => Slice,
  plan: MutablePlan,
): void {
  const take = (slice: Slice): Slice => {
    const room = maxEndpointsPerSlice - (slice.endpoints ?? []).length;
    const taken = [...missing].slice(0, Math.max(0, room));
    for (const [key] of taken) missing.delete(key);
    return { ...slice, endpoints: [...(slice.endpoints ?? []), ...taken.map(([, endpoint]) => endpoint)] };
  };
  const fullestFirst = [...updates].sort(([, a], [, b]) => (b.endpoints ?? []).length - (a.endpoints ?? []).length);
  for (const [name, slice] of fullestFirst) if (missing.size > 0) updates.set(name, take(slice));
  while (missing.size > 0) {
    const found =
      missing.size < maxEndpointsPerSlice ? getSliceToFill([...unchanged.values()], missing.size) : undefined;
    if (!found) {
      plan.create.push(take(makeSlice()));
      continue;
    }
    const name = found.metadata.name ?? '';
    unchanged.delete(name);
    updates.set(name, take(found));
  }
}

/** The slice that will be fullest and still has room for all. */
function getSliceToFill(slices: readonly Slice[], count: number): Slice | undefined {
  let best: Slice | undefined;
  let least = maxEndpointsPerSlice;
  for (const slice of slices) {
    const room = maxEndpointsPerSlice - count - (slice.endpoints ?? []).length;
    if (room >= 0 && room < least) {
      least = room;
      best = slice;
    }
  }
  return best;
}

/** A service without endpoints keeps one empty slice. */
function keepPlaceholder(service: corev1.Service, addressType: AddressType, plan: MutablePlan): void {
  const placeholder = newEndpointSlice(service, [], addressType);
  const [only] = plan.remove;
  const same =
    plan.remove.length === 1 &&
    only !== undefined &&
    (only.endpoints ?? []).length === 0 &&
    (only.ports ?? []).length === 0 &&
    deepEqual(only.metadata.labels, placeholder.metadata.labels) &&
    deepEqual(only.metadata.ownerReferences, placeholder.metadata.ownerReferences);
  if (same) plan.remove = [];
  else plan.create.push(placeholder);
}

/** Adds or removes hints, in slices that change anyhow and in those that change for it. */
function hinted({ service, existing, addressType, topology }: PlanInput, plan: MutablePlan) {
  const touched = new Set([...plan.update, ...plan.remove].map((slice) => slice.metadata.name));
  const unchanged = existing.filter((slice) => !touched.has(slice.metadata.name));
  const key = metaNamespaceKey(service);
  if (hintsEnabled(service.metadata.annotations)) {
    const { create, update, events } = topology.addHints(key, addressType, { ...plan, unchanged });
    return { create: [...create], update: [...update], events };
  }
  const message = `Topology Aware Hints has been disabled, addressType: ${addressType}`;
  const disabled = { type: 'Warning', reason: 'TopologyAwareHintsDisabled', message } as const;
  const events: readonly HintsEvent[] = topology.hasPopulatedHints(key) ? [disabled] : [];
  topology.removeHints(key, addressType);
  const distribution = service.spec?.trafficDistribution;
  const withThem = (slice: Slice): Slice => ({ ...slice, endpoints: withHints(slice.endpoints ?? [], distribution) });
  const further = unchanged
    .map((slice) => ({ slice, next: withThem(slice) }))
    .filter(({ slice, next }) => !deepEqual(slice.endpoints ?? [], next.endpoints))
    .map(({ next }) => next);
  return { create: plan.create.map(withThem), update: [...plan.update.map(withThem), ...further], events };
}

/** Turns a removal and a creation into one update. Upstream: reconciler.go finalize (v1.36) */
function recycled(service: corev1.Service, plan: MutablePlan): MutablePlan {
  const create = [...plan.create];
  const update = [...plan.update];
  const remove: Slice[] = [];
  for (const slice of plan.remove) {
    const replacement = ownedBy(slice, service) ? create.pop() : undefined;
    if (!replacement) {
      remove.push(slice);
      continue;
    }
    const { generateName: _, ...metadata } = replacement.metadata;
    const { name = '', generateName } = slice.metadata;
    const named = { ...metadata, name, ...(generateName === undefined ? {} : { generateName }) };
    update.push({ ...replacement, metadata: named });
  }
  return { create, update, remove };
}
