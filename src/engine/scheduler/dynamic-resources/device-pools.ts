import { NodeSelectorMatcher } from '../../../api/core/node-affinity.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';

/** Where a device can be used from. */
export type Reach = Pick<resourcev1.Device, 'nodeName' | 'nodeSelector' | 'allNodes'>;

export interface PlacedDevice {
  readonly id: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: resourcev1.Device;
  readonly reach: Reach;
}

/** Names a device in the whole cluster. */
export const deviceId = (driver: string, pool: string, device: string): string => `${driver}/${pool}/${device}`;

/** A driver's pool as its newest slices tell. */
export interface DevicePool {
  readonly name: string;
  /** Some slices are still to come: nothing of it is given out. */
  readonly isIncomplete: boolean;
  readonly devices: readonly PlacedDevice[];
}

function isReachable({ allNodes, nodeName, nodeSelector }: Reach, node: corev1.Node): boolean {
  if (allNodes) return true;
  if (nodeName) return nodeName === node.metadata.name;
  return nodeSelector !== undefined && new NodeSelectorMatcher(nodeSelector).matches(node);
}

/**
 * The pools that a node can use, with the devices in them that it can use; by driver and name.
 *
 * Upstream: dynamic-resource-allocation/structured/internal/stable/pools_stable.go GatherPools (v1.36)
 */
export function gatherPools(slices: readonly resourcev1.ResourceSlice[], node: corev1.Node): readonly DevicePool[] {
  const byPool = new Map<string, resourcev1.ResourceSlice[]>();
  for (const slice of slices) {
    const key = `${slice.spec.driver}/${slice.spec.pool.name}`;
    const known = byPool.get(key) ?? [];
    const newest = known[0]?.spec.pool.generation ?? slice.spec.pool.generation;
    if (slice.spec.pool.generation < newest) continue;
    byPool.set(key, slice.spec.pool.generation > newest ? [slice] : [...known, slice]);
  }
  return [...byPool]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, members]) => ({
      name,
      isIncomplete: members.length !== members[0]?.spec.pool.resourceSliceCount,
      devices: members.flatMap((slice) => reachableDevices(slice, node)),
    }));
}

function reachableDevices({ spec }: resourcev1.ResourceSlice, node: corev1.Node): PlacedDevice[] {
  const { driver, pool, perDeviceNodeSelection, devices = [] } = spec;
  if (!perDeviceNodeSelection && !isReachable(spec, node)) return [];
  return devices
    .filter((device) => !perDeviceNodeSelection || isReachable(device, node))
    .map((device) => ({
      id: deviceId(driver, pool.name, device.name),
      driver,
      pool: pool.name,
      device,
      reach: perDeviceNodeSelection ? device : spec,
    }));
}

/**
 * The nodes from which all these devices can be used; undefined: from all.
 *
 * Upstream: structured/internal/stable/allocator_stable.go createNodeSelector (v1.36)
 */
export function nodeSelectorFor(devices: readonly PlacedDevice[]): corev1.NodeSelector | undefined {
  const fields: corev1.NodeSelectorRequirement[] = [];
  const expressions: corev1.NodeSelectorRequirement[] = [];
  for (const { reach } of devices) {
    if (reach.nodeName) {
      const requirement = { key: 'metadata.name', operator: 'In' as const, values: [reach.nodeName] };
      return { nodeSelectorTerms: [{ matchFields: [requirement] }] };
    }
    const [term] = reach.nodeSelector?.nodeSelectorTerms ?? [];
    fields.push(...(term?.matchFields ?? []).filter((wanted) => !isAmong(fields, wanted)));
    expressions.push(...(term?.matchExpressions ?? []).filter((wanted) => !isAmong(expressions, wanted)));
  }
  if (fields.length === 0 && expressions.length === 0) return undefined;
  const term = Object.assign(
    {},
    expressions.length > 0 ? { matchExpressions: expressions } : undefined,
    fields.length > 0 ? { matchFields: fields } : undefined,
  );
  return { nodeSelectorTerms: [term] };
}

const isAmong = (
  known: readonly corev1.NodeSelectorRequirement[],
  { key, operator, values }: corev1.NodeSelectorRequirement,
) => known.some((other) => other.key === key && other.operator === operator && other.values?.join() === values?.join());
