import type * as corev1 from '../../../api/core/v1.ts';
import { BucketRateLimiter } from '../../../client/rate-limiters.ts';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

const evictionPerSecond = 0.1;
const secondaryEvictionPerSecond = 0.01;
const unhealthyZoneThreshold = 0.55;
const largeClusterThreshold = 50;

/** Upstream: component-helpers/node/topology GetZoneKey (v1.36) */
export function getZoneKey(node: corev1.Node): string {
  const labels = node.metadata.labels ?? {};
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** Upstream: node_lifecycle_controller.go ComputeZoneState (v1.36) */
export function computeZoneState(ready: readonly boolean[]): ZoneState {
  const notReady = ready.filter((is) => !is).length;
  if (notReady > 0 && notReady === ready.length) return 'FullDisruption';
  if (notReady > 2 && notReady / ready.length >= unhealthyZoneThreshold) return 'PartialDisruption';
  return 'Normal';
}

interface Zone {
  state: ZoneState;
  limiter: BucketRateLimiter | undefined;
  readonly queue: Set<string>;
}

/** Nodes that wait to be tainted, zone by zone, each zone at the pace its state allows. */
export class ZoneEvictors {
  readonly #now: () => number;
  readonly #zones = new Map<string, Zone>();
  constructor(now: () => number) {
    this.#now = now;
  }

  addZone(zone: string): void {
    if (this.#zones.has(zone)) return;
    this.#zones.set(zone, { state: 'Initial', limiter: this.#limiter(evictionPerSecond), queue: new Set() });
  }
  has(zone: string): boolean {
    return this.#zones.has(zone);
  }
  enqueue(zone: string, node: string): void {
    this.#zones.get(zone)?.queue.add(node);
  }
  remove(zone: string, node: string): void {
    this.#zones.get(zone)?.queue.delete(node);
  }
  get waiting(): boolean {
    return [...this.#zones.values()].some(({ queue }) => queue.size > 0);
  }
  /** The nodes whose turn it is now. */
  take(): readonly string[] {
    const out: string[] = [];
    for (const { queue, limiter } of this.#zones.values()) {
      for (const node of [...queue]) {
        if (!limiter?.tryAccept()) break;
        queue.delete(node);
        out.push(node);
      }
    }
    return out;
  }

  /**
   * Sets the pace of each zone from its nodes' health. Gives whether all zones are down, and whether they were before: then it is
   * rather the control plane that is cut off. Upstream: handleDisruption (v1.36)
   */
  update(readyByZone: ReadonlyMap<string, readonly boolean[]>): {
    readonly allDown: boolean;
    readonly allWereDown: boolean;
  } {
    for (const zone of readyByZone.keys()) this.addZone(zone);
    for (const zone of [...this.#zones.keys()]) if (!readyByZone.has(zone)) this.#zones.delete(zone);
    const states = new Map([...readyByZone].map(([zone, ready]) => [zone, computeZoneState(ready)]));
    const all = [...this.#zones.values()];
    const allDown = all.length > 0 && [...states.values()].every((state) => state === 'FullDisruption');
    const allWereDown = all.length > 0 && all.every(({ state }) => state === 'FullDisruption');
    for (const [name, zone] of this.#zones) {
      const state = states.get(name) ?? 'Normal';
      if (allDown && !allWereDown) zone.limiter = undefined;
      else if (zone.state !== state || allWereDown)
        this.#setPace(zone, allDown ? undefined : state, readyByZone.get(name)?.length ?? 0);
      zone.state = state;
    }
    return { allDown, allWereDown };
  }
  #setPace(zone: Zone, state: ZoneState | undefined, size: number): void {
    if (state === undefined) zone.limiter = undefined;
    else if (state !== 'PartialDisruption') zone.limiter = this.#limiter(evictionPerSecond);
    else zone.limiter = size > largeClusterThreshold ? this.#limiter(secondaryEvictionPerSecond) : undefined;
  }
  #limiter(perSecond: number): BucketRateLimiter {
    return new BucketRateLimiter(this.#now, perSecond, 1);
  }
}
