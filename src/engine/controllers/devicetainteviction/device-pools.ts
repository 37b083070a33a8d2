import type * as resourcev1 from '../../../api/resource/v1.ts';

/** The devices that drivers publish, by driver and pool; slices of an older generation of their pool say nothing any more. */
export class DevicePools {
  readonly #pools = new Map<string, Map<string, resourcev1.ResourceSlice>>();

  add(slice: resourcev1.ResourceSlice): void {
    const id = poolID(slice.spec.driver, slice.spec.pool.name);
    const slices = this.#pools.get(id) ?? new Map<string, resourcev1.ResourceSlice>();
    slices.set(slice.metadata.name ?? '', slice);
    this.#pools.set(id, slices);
  }
  remove(slice: resourcev1.ResourceSlice): void {
    const id = poolID(slice.spec.driver, slice.spec.pool.name);
    const slices = this.#pools.get(id);
    slices?.delete(slice.metadata.name ?? '');
    if (slices?.size === 0) this.#pools.delete(id);
  }
  /** Upstream: pkg/controller/devicetainteviction/device_taint_eviction.go getDevice (v1.36) */
  device(driver: string, poolName: string, name: string): resourcev1.Device | undefined {
    const slices = [...(this.#pools.get(poolID(driver, poolName))?.values() ?? [])];
    const newest = Math.max(...slices.map(({ spec }) => spec.pool.generation));
    for (const { spec } of slices) {
      if (spec.pool.generation !== newest) continue;
      const device = spec.devices?.find((one) => one.name === name);
      if (device) return device;
    }
    return undefined;
  }
}

const poolID = (driver: string, pool: string): string => `${driver}/${pool}`;
