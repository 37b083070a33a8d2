import type * as corev1 from '../../api/core/v1.ts';

/** The region and zone of a node, by the newer or the older labels. Upstream: component-helpers/node/topology/helpers.go GetZoneKey */
export function getZoneKey(node: corev1.Node): string {
  const labels = node.metadata.labels ?? {};
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] || labels['topology.kubernetes.io/zone'] || '';
  const region = labels['failure-domain.beta.kubernetes.io/region'] || labels['topology.kubernetes.io/region'] || '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** Node names by zone, listed zone by zone in turn. Upstream: pkg/scheduler/backend/cache/node_tree.go (v1.36) */
export class NodeTree {
  readonly #zones = new Map<string, string[]>();
  readonly #zoneOf = new Map<string, string>();

  get size(): number {
    return this.#zoneOf.size;
  }
  /** Adds a node, or moves it when its zone has changed. Gives whether the order has changed. */
  put(node: corev1.Node): boolean {
    const name = node.metadata.name ?? '';
    const zone = getZoneKey(node);
    if (this.#zoneOf.get(name) === zone) return false;
    this.remove(name);
    const names = this.#zones.get(zone);
    if (names) names.push(name);
    else this.#zones.set(zone, [name]);
    this.#zoneOf.set(name, zone);
    return true;
  }
  remove(name: string): void {
    const zone = this.#zoneOf.get(name);
    if (zone === undefined) return;
    this.#zoneOf.delete(name);
    const names = this.#zones.get(zone) ?? [];
    names.splice(names.indexOf(name), 1);
    if (names.length === 0) this.#zones.delete(zone);
  }
  list(): string[] {
    const out: string[] = [];
    const zones = [...this.#zones.values()];
    for (let round = 0; out.length < this.#zoneOf.size; round++) {
      for (const names of zones) {
        const name = names[round];
        if (name !== undefined) out.push(name);
      }
    }
    return out;
  }
}
