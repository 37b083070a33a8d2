import type * as discoveryv1 from '../../../api/discovery/v1.ts';

export type CountByZone = ReadonlyMap<string, number>;

/** How many endpoints a zone may have. */
export interface Allocation {
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
}

/** Upstream: endpointslice/topologycache/utils.go getHintsByZone (v1.36). Undefined when the slice's hints cannot stay. */
export function getHintsByZone(
  slice: discoveryv1.EndpointSlice,
  allocated: CountByZone,
  allocations: ReadonlyMap<string, Allocation>,
): CountByZone | undefined {
  const counts = new Map<string, number>();
  for (const endpoint of slice.endpoints ?? []) {
    if (endpoint.conditions?.ready !== true) continue;
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0) return undefined;
    for (const { name } of zones) {
      if (!allocations.has(name)) return undefined;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  for (const [zone, count] of counts) {
    if (count + (allocated.get(zone) ?? 0) > (allocations.get(zone)?.maximum ?? 0)) return undefined;
  }
  return counts;
}

/**
 * How many endpoints each zone gives away, and how many each takes.
 *
 * Upstream: endpointslice/topologycache/utils.go getGivingAndReceivingZones (v1.36). Differs: of equal needs the first in order of zones.
 */
export function getGivingAndReceivingZones(
  allocations: ReadonlyMap<string, Allocation>,
  counts: CountByZone,
): { readonly giving: Map<string, number>; readonly receiving: Map<string, number> } {
  const surplus = new Map<string, number>();
  const shortage = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const difference = (counts.get(zone) ?? 0) - desired;
    if (difference > 0) surplus.set(zone, difference);
    else if (difference < 0) shortage.set(zone, -difference);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [giver, toGive] = getMost(surplus);
    const [receiver, toReceive] = getMost(shortage);
    const worthIt = (toGive >= 1 || toReceive >= 1) && toGive >= 0.5 && toReceive >= 0.5;
    if (giver === '' || receiver === '' || !worthIt) return { giving, receiving };
    giving.set(giver, (giving.get(giver) ?? 0) + 1);
    surplus.set(giver, toGive - 1);
    receiving.set(receiver, (receiving.get(receiver) ?? 0) + 1);
    shortage.set(receiver, toReceive - 1);
  }
}

function getMost(zones: CountByZone): readonly [zone: string, count: number] {
  let most: readonly [string, number] = ['', 0];
  for (const entry of zones) if (entry[1] > most[1]) most = entry;
  return most;
}
