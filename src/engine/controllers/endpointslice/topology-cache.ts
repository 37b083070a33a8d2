import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { getCondition } from '../shared/conditions.ts';
import { zoneLabel } from './endpoint-slice-util.ts';
import { type Allocation, type CountByZone, getGivingAndReceivingZones, getHintsByZone } from './zone-allocations.ts';

type Slice = discoveryv1.EndpointSlice;
type Endpoint = discoveryv1.Endpoint;

/** How much more than its share an endpoint may get. */
const overloadThreshold = 0.2;
const excludedLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
const hintsAnnotations = ['service.kubernetes.io/topology-aware-hints', 'service.kubernetes.io/topology-mode'];

/** What is to be said of a service in an event. */
export interface HintsEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'TopologyAwareHintsEnabled' | 'TopologyAwareHintsDisabled';
  readonly message: string;
}

export interface SliceChanges {
  readonly create: readonly Slice[];
  readonly update: readonly Slice[];
  readonly unchanged: readonly Slice[];
}
export interface HintedSlices {
  readonly create: readonly Slice[];
  /** With those that change for their hints only. */
  readonly update: readonly Slice[];
  readonly events: readonly HintsEvent[];
}

/** Whether a service asks for hints by its annotation. Upstream: endpointslice/utils.go hintsEnabled (v1.36) */
export function hintsEnabled(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const key = hintsAnnotations.find((annotation) => annotations?.[annotation] !== undefined);
  const value = key === undefined ? undefined : annotations?.[key];
  return value === 'Auto' || value === 'auto';
}

/** Whether a node takes no traffic that hints are about. Upstream: topologycache.go hasExcludedLabels (v1.36) */
export function hasExcludedLabels(labels: Readonly<Record<string, string>> | undefined): boolean {
  return excludedLabels.some((label) => labels?.[label] !== undefined);
}

const isReady = (endpoint: Endpoint) => endpoint.conditions?.ready === true;
const withoutHints = ({ hints: _, ...endpoint }: Endpoint): Endpoint => endpoint;
const hintedFor = (endpoint: Endpoint, zone: string): Endpoint => ({
  ...withoutHints(endpoint),
  hints: { forZones: [{ name: zone }] },
});
const mapEndpoints = (slice: Slice, change: (endpoint: Endpoint) => Endpoint): Slice => ({
  ...slice,
  endpoints: (slice.endpoints ?? []).map(change),
});

/** The changes with no hints left anywhere. Upstream: topologycache/utils.go RemoveHintsFromSlices (v1.36) */
function removeHintsFromSlices({ create, update, unchanged }: SliceChanges): Omit<HintedSlices, 'events'> {
  const bare = (slice: Slice) => mapEndpoints(slice, withoutHints);
  const further = unchanged.filter((slice) => (slice.endpoints ?? []).some(({ hints }) => hints !== undefined));
  return { create: create.map(bare), update: [...update, ...further].map(bare) };
}

/**
 * Shares the endpoints of services out to zones by the cpus that nodes have there, where a service asks for it
 * (`service.kubernetes.io/topology-mode: Auto`).
 *
 * Upstream: endpointslice/topologycache/topologycache.go (v1.36). Differs: zones are looked at in order.
 */
export class TopologyCache {
  #cpuRatios: ReadonlyMap<string, number> | undefined;
  readonly #hintsByService = new Map<string, Map<string, CountByZone>>();

  /** Upstream: SetNodes */
  setNodes(nodes: readonly corev1.Node[]): void {
    this.#cpuRatios = undefined;
    const cpuByZone = new Map<string, number>();
    let total = 0;
    for (const node of nodes) {
      const labels = node.metadata.labels ?? {};
      if (hasExcludedLabels(labels)) continue;
      if (getCondition(node.status?.conditions, 'Ready')?.status !== 'True') continue;
      const zone = labels[zoneLabel] ?? '';
      const cpu = Number(parseQuantity(node.status?.allocatable?.['cpu'] ?? '0').milliValue());
      if (zone === '' || cpu === 0) return;
      cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpu);
      total += cpu;
    }
    if (total === 0 || cpuByZone.size < 2) return;
    const zones = [...cpuByZone].sort(([a], [b]) => compareStrings(a, b));
    this.#cpuRatios = new Map(zones.map(([zone, cpu]) => [zone, cpu / total]));
  }

  /** Services whose hints leave a zone with too little, now that nodes have changed. Upstream: GetOverloadedServices */
  overloadedServices(): readonly string[] {
    return [...this.#hintsByService]
      .filter(([, byType]) => [...byType.values()].some((zones) => this.#serviceOverloaded(zones)))
      .map(([key]) => key);
  }
  #serviceOverloaded(zones: CountByZone): boolean {
    if (zones.size === 0) return false;
    if (!this.#cpuRatios) return true;
    const total = [...zones.values()].reduce((sum, count) => sum + count, 0);
    return [...this.#cpuRatios].some(([zone, ratio]) => {
      const count = zones.get(zone);
      return count === undefined || count < Math.ceil(total * ratio * (1 / (1 + overloadThreshold)));
    });
  }

  hasPopulatedHints(serviceKey: string): boolean {
    return this.#hintsByService.has(serviceKey);
  }
  removeHints(serviceKey: string, addressType: string): void {
    const byType = this.#hintsByService.get(serviceKey);
    byType?.delete(addressType);
    if (byType?.size === 0) this.#hintsByService.delete(serviceKey);
  }

  /** Upstream: AddHints */
  addHints(serviceKey: string, addressType: string, changes: SliceChanges): HintedSlices {
    const disabled = (message: string): HintedSlices => {
      this.removeHints(serviceKey, addressType);
      const event = { type: 'Warning', reason: 'TopologyAwareHintsDisabled' } as const;
      const events = [{ ...event, message: `${message}, addressType: ${addressType}` }];
      return { ...removeHintsFromSlices(changes), events };
    };
    const all = [...changes.create, ...changes.update, ...changes.unchanged];
    const ready = all.reduce((sum, slice) => sum + (slice.endpoints ?? []).filter(isReady).length, 0);
    const allocations = this.getAllocations(ready);
    if (typeof allocations === 'string') return disabled(allocations);
    const { counts, stale } = allocatedHints(changes.unchanged, allocations);
    const open = [...changes.create, ...changes.update, ...stale];
    if (open.some((slice) => (slice.endpoints ?? []).some((endpoint) => isReady(endpoint) && !endpoint.zone))) {
      return disabled('One or more endpoints do not have a zone specified');
    }
    const hinted = shareOut(open, allocations, counts);
    if (counts.size === 0) return disabled('No hints allocated for zones');
    const message = `Topology Aware Hints has been enabled, addressType: ${addressType}`;
    const enabled = { type: 'Normal', reason: 'TopologyAwareHintsEnabled', message } as const;
    const events = this.hasPopulatedHints(serviceKey) ? [] : [enabled];
    this.#hintsByService.set(
      serviceKey,
      (this.#hintsByService.get(serviceKey) ?? new Map<string, CountByZone>()).set(addressType, counts),
    );
    const created = changes.create.length;
    return { create: hinted.slice(0, created), update: hinted.slice(created), events };
  }

  /** What each zone should get of so many endpoints, or why no shares can be made. Upstream: getAllocations */
  getAllocations(endpoints: number): ReadonlyMap<string, Allocation> | string {
    const ratios = this.#cpuRatios;
    if (!ratios) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes';
    const numbers = `(${endpoints} endpoints, ${ratios.size} zones)`;
    if (ratios.size > endpoints) return `Insufficient number of endpoints ${numbers}`;
    const shares = [...ratios].map(([zone, ratio]) => {
      const desired = ratio * endpoints;
      const minimum = Math.ceil(desired * (1 / (1 + overloadThreshold)));
      return { zone, minimum, desired: Math.max(desired, minimum) };
    });
    const minimums = shares.reduce((sum, { minimum }) => sum + minimum, 0);
    if (minimums > endpoints) {
      const why = 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold';
      return `${why} ${numbers}`;
    }
    return new Map(
      shares.map(({ zone, minimum, desired }) => [zone, { minimum, desired, maximum: minimum + endpoints - minimums }]),
    );
  }
}

/** Hints that may stay as they are, counted by zone, and the slices whose hints may not. Upstream: getAllocatedHintsByZone */
function allocatedHints(unchanged: readonly Slice[], allocations: ReadonlyMap<string, Allocation>) {
  const counts = new Map<string, number>();
  const stale: Slice[] = [];
  for (const slice of unchanged) {
    const hints = getHintsByZone(slice, counts, allocations);
    if (!hints) stale.push(slice);
    else for (const [zone, count] of hints) counts.set(zone, (counts.get(zone) ?? 0) + count);
  }
  return { counts, stale };
}

/** Each endpoint for its own zone first; then those of zones with too many for zones with too few. `counts` is kept up to date. */
function shareOut(
  slices: readonly Slice[],
  allocations: ReadonlyMap<string, Allocation>,
  counts: Map<string, number>,
): readonly Slice[] {
  const add = (zone: string, more: number) => counts.set(zone, (counts.get(zone) ?? 0) + more);
  for (const slice of slices) {
    for (const { zone = '' } of (slice.endpoints ?? []).filter(isReady)) add(zone, 1);
  }
  const { giving, receiving } = getGivingAndReceivingZones(allocations, counts);
  return slices.map((slice) =>
    mapEndpoints(slice, (endpoint) => {
      if (!isReady(endpoint)) return endpoint;
      const { zone = '' } = endpoint;
      const [receiver] = receiving.keys();
      if (receiver === undefined || !giving.has(zone)) return hintedFor(endpoint, zone);
      takeOne(giving, zone);
      takeOne(receiving, receiver);
      add(zone, -1);
      add(receiver, 1);
      return hintedFor(endpoint, receiver);
    }),
  );
}

function takeOne(zones: Map<string, number>, zone: string): void {
  const left = (zones.get(zone) ?? 0) - 1;
  if (left > 0) zones.set(zone, left);
  else zones.delete(zone);
}
