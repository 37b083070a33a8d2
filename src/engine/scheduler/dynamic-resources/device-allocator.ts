import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { NodeSelectorMatcher } from '../../../api/core/node-affinity.ts';

interface PlacedDevice {
  readonly id: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: resourcev1.Device;
}

/** Names a device in the whole cluster. */
export const deviceId = (driver: string, pool: string, device: string): string => `${driver}/${pool}/${device}`;

function isOnNode(
  where: Pick<resourcev1.Device, 'nodeName' | 'nodeSelector' | 'allNodes'>,
  node: corev1.Node,
): boolean {
  if (where.allNodes) return true;
  if (where.nodeName) return where.nodeName === node.metadata.name;
  return where.nodeSelector !== undefined && new NodeSelectorMatcher(where.nodeSelector).matches(node);
}

function devicesOn(slices: readonly resourcev1.ResourceSlice[], node: corev1.Node): PlacedDevice[] {
  return slices.flatMap(({ spec }) => {
    const { driver, pool, perDeviceNodeSelection, devices = [] } = spec;
    const reachable = perDeviceNodeSelection
      ? devices.filter((device) => isOnNode(device, node))
      : isOnNode(spec, node)
        ? devices
        : [];
    return reachable.map((device) => ({
      id: deviceId(driver, pool.name, device.name),
      driver,
      pool: pool.name,
      device,
    }));
  });
}

/** What is asked for once: one request, or one of its alternatives. */
interface Wish {
  readonly request: string;
  readonly className: string;
  readonly hasSelectors: boolean;
  readonly all: boolean;
  readonly count: number;
}

function wishOf(request: string, asked: resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest): Wish {
  return {
    request,
    className: asked.deviceClassName,
    hasSelectors: (asked.selectors?.length ?? 0) > 0,
    all: asked.allocationMode === 'All',
    count: asked.count ?? 1,
  };
}

const alternativesOf = ({ name, exactly, firstAvailable = [] }: resourcev1.DeviceRequest): Wish[] =>
  exactly ? [wishOf(name, exactly)] : firstAvailable.map((sub) => wishOf(`${name}/${sub.name}`, sub));

/**
 * Gives claims devices of a node, first come, first served.
 *
 * Upstream: dynamic-resource-allocation/structured (v1.36). Differs: no CEL selectors (a request or class that has some finds nothing), no
 * constraints between devices, no shared or partitioned devices.
 */
export class DeviceAllocator {
  readonly #slices: readonly resourcev1.ResourceSlice[];
  readonly #allocated: ReadonlySet<string>;
  readonly #classes: ReadonlyMap<string, resourcev1.DeviceClass>;

  constructor(
    slices: readonly resourcev1.ResourceSlice[],
    allocated: ReadonlySet<string>,
    classes: ReadonlyMap<string, resourcev1.DeviceClass>,
  ) {
    this.#slices = slices;
    this.#allocated = allocated;
    this.#classes = classes;
  }

  /** One result for each claim, or undefined when the node cannot serve them all. */
  allocate(
    claims: readonly resourcev1.ResourceClaim[],
    node: corev1.Node,
  ): readonly resourcev1.AllocationResult[] | undefined {
    const devices = devicesOn(this.#slices, node).sort((a, b) => compareStrings(a.id, b.id));
    const taken = new Set(this.#allocated);
    const results: resourcev1.AllocationResult[] = [];
    for (const claim of claims) {
      const found: resourcev1.DeviceRequestAllocationResult[] = [];
      for (const request of claim.spec.devices?.requests ?? []) {
        const chosen = this.#choose(alternativesOf(request), devices, taken);
        if (!chosen) return undefined;
        found.push(...chosen);
      }
      results.push(allocationResult(found, node));
    }
    return results;
  }
  #choose(
    wishes: readonly Wish[],
    devices: readonly PlacedDevice[],
    taken: Set<string>,
  ): resourcev1.DeviceRequestAllocationResult[] | undefined {
    for (const wish of wishes) {
      const selectors = this.#classes.get(wish.className)?.spec.selectors ?? [];
      if (wish.hasSelectors || selectors.length > 0) continue;
      const free = devices.filter(({ id }) => !taken.has(id));
      const enough = wish.all ? free.length === devices.length && free.length > 0 : free.length >= wish.count;
      if (!enough) continue;
      const chosen = wish.all ? free : free.slice(0, wish.count);
      for (const { id } of chosen) taken.add(id);
      return chosen.map(({ driver, pool, device }) => ({ request: wish.request, driver, pool, device: device.name }));
    }
    return undefined;
  }
}

function allocationResult(
  results: readonly resourcev1.DeviceRequestAllocationResult[],
  node: corev1.Node,
): resourcev1.AllocationResult {
  const fields = [{ key: 'metadata.name', operator: 'In' as const, values: [node.metadata.name ?? ''] }];
  return {
    devices: { results },
    nodeSelector: { nodeSelectorTerms: [{ matchFields: fields }] },
  };
}
