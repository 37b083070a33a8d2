/**
 * The volumes of a node's pods: set up before the containers start, kept up to date, taken down at the end.
 *
 * Upstream: pkg/kubelet/volumemanager (v1.36), with the waits of its reconciler as plain loops.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { all } from '../../../process/combinators.ts';
import { type Process, suspend } from '../../../process/process.ts';
import { createFileSystem, type MemoryFileSystem } from '../../../shell/memory-file-system.ts';
import type { ConfigSource } from '../config-source.ts';
import type { PodAddresses } from '../environment/field-path.ts';
import { type KubeletHost, recordPodEvent } from '../kubelet-host.ts';
import { type MountedVolume, type PersistentStorage, VolumeError } from './mounted-volume.ts';
import { findPluginBySpec } from './plugins.ts';

export interface VolumeManagerOptions {
  readonly host: KubeletHost;
  readonly config: ConfigSource;
  readonly nodeFs: MemoryFileSystem;
  readonly storage: PersistentStorage;
  readonly addresses: (podUid: string) => PodAddresses;
  /** The pod as it is now: labels and annotations change. */
  readonly pod: (podUid: string) => corev1.Pod | undefined;
  readonly allocatable: () => Readonly<Record<string, string>>;
}

const firstRetryMs = 500;
const maxRetryMs = 122_000;
const mountTimeoutMs = 123_000;
/** Failures that keep the cluster from counting as idle. */
const busyRetries = 5;

export class VolumeManager {
  readonly #options: VolumeManagerOptions;
  readonly #mounted = new Map<string, Map<string, MountedVolume>>();

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
  }

  /** Volumes of a pod by name; what is not set up is missing. */
  volumesOf(podUid: string): ReadonlyMap<string, MountedVolume> {
    return this.#mounted.get(podUid) ?? new Map();
  }

  /**
   * Waits until all volumes of a pod are set up, trying again with growing waits.
   *
   * @throws Error when that takes too long
   */
  *waitForAttachAndMount(pod: corev1.Pod): Process<void> {
    const uid = pod.metadata.uid ?? '';
    const volumes = pod.spec?.volumes ?? [];
    const mounted = this.#mounted.get(uid) ?? new Map<string, MountedVolume>();
    this.#mounted.set(uid, mounted);
    const missing = volumes.filter(({ name, image }) => !mounted.has(name) && !image);
    if (missing.length === 0) return;
    const { host } = this.#options;
    const mountMs = host.latency.ms('volumeMount');
    if (mountMs > 0) yield* this.#pause(mountMs, false);
    const deadlineMs = host.sim.now() + mountTimeoutMs;
    yield* all(missing.map((volume) => this.#mountWithRetries(pod, volume, deadlineMs)));
    const left = missing.filter(({ name }) => !mounted.has(name)).map(({ name }) => name);
    if (left.length > 0)
      throw new Error(
        `unmounted volumes=[${left.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`,
      );
  }

  /** Brings the content of a pod's volumes up to date. */
  *updateVolumes(pod: corev1.Pod): Process<void> {
    for (const [name, volume] of this.volumesOf(pod.metadata.uid ?? '')) {
      if (!volume.update) continue;
      try {
        yield* volume.update();
      } catch (error) {
        this.#fail(pod, name, error);
      }
    }
  }

  unmountPod(podUid: string): void {
    this.#mounted.delete(podUid);
  }

  /** Everything a machine loses when it is switched off: mounts. */
  clear(): void {
    this.#mounted.clear();
  }

  *#mountWithRetries(pod: corev1.Pod, volume: corev1.Volume, deadlineMs: number): Process<void> {
    const { sim } = this.#options.host;
    let waitMs = firstRetryMs;
    for (let failures = 0; ; failures++) {
      if (yield* this.#mount(pod, volume)) return;
      if (sim.now() + waitMs > deadlineMs) {
        yield* this.#pause(Math.max(0, deadlineMs - sim.now()), true);
        return;
      }
      yield* this.#pause(waitMs, failures >= busyRetries);
      waitMs = Math.min(waitMs * 2, maxRetryMs);
    }
  }

  *#mount(pod: corev1.Pod, volume: corev1.Volume): Process<boolean> {
    const { host, config, nodeFs, storage, addresses, allocatable } = this.#options;
    const uid = pod.metadata.uid ?? '';
    try {
      const plugin = findPluginBySpec(volume);
      const current = () => this.#options.pod(uid) ?? pod;
      const mounted = yield* plugin({
        host,
        get pod() {
          return current();
        },
        volume,
        config,
        nodeFs,
        storage,
        allocatable,
        addresses: () => addresses(uid),
      });
      this.#mounted.get(uid)?.set(volume.name, mounted);
      return true;
    } catch (error) {
      this.#fail(pod, volume.name, error);
      return false;
    }
  }

  #fail(pod: corev1.Pod, name: string, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const operation = error instanceof VolumeError ? error.operation : 'MountVolume.SetUp';
    const message = operation === 'PVC' ? error.message : `${operation} failed for volume "${name}" : ${error.message}`;
    recordPodEvent(this.#options.host, pod, 'Warning', 'FailedMount', message);
  }

  *#pause(ms: number, background: boolean): Process<void> {
    const { sim } = this.#options.host;
    yield* suspend<void>((resume) => sim.setTimer(ms, () => resume(), { background }));
  }
}

/** Network disks and shares of one cluster, kept while the cluster lives. */
export class MemoryStorage implements PersistentStorage {
  readonly #now: () => number;
  readonly #disks = new Map<string, MemoryFileSystem>();

  constructor(now: () => number) {
    this.#now = now;
  }

  fileSystem(handle: string, capacityBytes: number | undefined): MemoryFileSystem {
    const known = this.#disks.get(handle);
    if (known) return known;
    const limit = capacityBytes === undefined ? {} : { limitBytes: capacityBytes };
    const disk = createFileSystem({ now: this.#now, type: 'ext4', ...limit });
    this.#disks.set(handle, disk);
    return disk;
  }

  /** The disk is deleted, with what is on it. */
  delete(handle: string): void {
    this.#disks.delete(handle);
  }
}
