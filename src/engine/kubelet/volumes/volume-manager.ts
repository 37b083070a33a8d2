/**
 * The volumes of a node's pods: set up before the containers start, kept up to date, taken down at the end.
 *
 * Upstream: pkg/kubelet/volumemanager (v1.36), with the waits of its reconciler as plain loops.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { csiDrivers } from '../../../api/resources.ts';
import { attachableVolume } from '../../../api/storage/attachable-volume.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { all, race } from '../../../process/combinators.ts';
import { type Process, suspend } from '../../../process/process.ts';
import { createFileSystem, type MemoryFileSystem } from '../../../shell/memory-file-system.ts';
import type { ConfigSource } from '../config-source.ts';
import type { PodAddresses } from '../environment/field-path.ts';
import { type KubeletHost, recordPodEvent } from '../kubelet-host.ts';
import { type MountedVolume, type PersistentStorage, UnprocessedVolumeError, VolumeError } from './mounted-volume.ts';
import { findPluginBySpec } from './plugins.ts';
import { expectedVolumes } from './pod-volume-uses.ts';

export interface VolumeManagerOptions {
  readonly host: KubeletHost;
  readonly config: ConfigSource;
  readonly nodeFs: MemoryFileSystem;
  readonly storage: PersistentStorage;
  readonly addresses: (podUid: string) => PodAddresses;
  /** The pod as it is now: labels and annotations change. */
  readonly pod: (podUid: string) => corev1.Pod | undefined;
  readonly allocatable: () => Readonly<Record<string, string>>;
  /** As the watch has it. */
  readonly node: () => corev1.Node | undefined;
}

const firstRetryMs = 500;
const maxRetryMs = 122_000;
const mountTimeoutMs = 123_000;
const verifyIntervalMs = 300;
/** Failures that keep the cluster from counting as idle. */
const busyRetries = 5;

/** Volumes of a pod are not there: in time, or because nothing is known of one of them. */
export class UnmountedVolumesError extends Error {
  override readonly name = 'UnmountedVolumesError';
  /** It only took too long: nobody is told. */
  readonly isTimeout: boolean;
  constructor(message: string, isTimeout: boolean) {
    super(message);
    this.isTimeout = isTimeout;
  }
}

/** Not attached to the node in time. */
class UnattachedError extends Error {}

/** One try to set up a pod's volumes. */
interface Attempt {
  readonly pod: corev1.Pod;
  readonly deadlineMs: number;
  /** What is wrong with volumes of which nothing is known yet, by name. */
  readonly unprocessed: Map<string, string>;
  /** Names of volumes that wait for being attached. */
  readonly unattached: Set<string>;
  onUnprocessed?: () => void;
}

export class VolumeManager {
  readonly #options: VolumeManagerOptions;
  readonly #mounted = new Map<string, Map<string, MountedVolume>>();
  /** Volumes that are wanted here or attached here, as nodes list them, by the pod's uid. */
  readonly #inUse = new Map<string, Set<string>>();
  readonly #nodeWaiters = new Set<() => void>();
  /** Pods that have waited for an attachment in vain: they keep nobody waiting any more. */
  readonly #givenUp = new Set<string>();

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
  }

  /** Volumes of a pod by name; what is not set up is missing. */
  volumesOf(podUid: string): ReadonlyMap<string, MountedVolume> {
    return this.#mounted.get(podUid) ?? new Map();
  }
  isReady(pod: corev1.Pod): boolean {
    const mounted = this.volumesOf(pod.metadata.uid ?? '');
    return expectedVolumes(pod).every(({ name }) => mounted.has(name));
  }
  /** What the node's status lists as in use, sorted. Upstream: GetVolumesInUse (v1.36) */
  volumesInUse(): readonly string[] {
    return [...new Set([...this.#inUse.values()].flatMap((names) => [...names]))].sort();
  }
  /** The node's status may tell of attachments. */
  nodeChanged(): void {
    for (const wake of [...this.#nodeWaiters]) wake();
  }

  /**
   * Waits until all volumes of a pod are attached and set up, trying again with growing waits.
   *
   * @throws UnmountedVolumesError when that takes too long or cannot be begun. Upstream: WaitForAttachAndMount (v1.36)
   */
  *waitForAttachAndMount(pod: corev1.Pod): Process<void> {
    const uid = pod.metadata.uid ?? '';
    const mounted = this.#mounted.get(uid) ?? new Map<string, MountedVolume>();
    this.#mounted.set(uid, mounted);
    const missing = expectedVolumes(pod).filter(({ name }) => !mounted.has(name));
    if (missing.length === 0) return;
    const { host } = this.#options;
    const mountMs = host.latency.ms('volumeMount');
    if (mountMs > 0) yield* this.#pause(mountMs, false);
    const deadlineMs = host.sim.now() + mountTimeoutMs;
    const attempt: Attempt = { pod, deadlineMs, unprocessed: new Map(), unattached: new Set() };
    const mounts = missing.map((volume) => this.#mountWithRetries(attempt, volume));
    yield* race<unknown>([all(mounts), this.#untilUnprocessed(attempt)]);
    const left = missing.map(({ name }) => name).filter((name) => !mounted.has(name));
    if (left.length > 0) throw unmountedVolumes(attempt, left);
  }
  /** Others get a moment when nothing is known of one. */
  *#untilUnprocessed(attempt: Attempt): Process<void> {
    yield* suspend<void>((resume) => {
      attempt.onUnprocessed = () => resume();
    });
    yield* this.#pause(verifyIntervalMs, false);
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
    this.#inUse.delete(podUid);
    this.#givenUp.delete(podUid);
  }

  /** Everything a machine loses when it is switched off: mounts. */
  clear(): void {
    this.#mounted.clear();
    this.#inUse.clear();
    this.#givenUp.clear();
  }

  *#mountWithRetries(attempt: Attempt, volume: corev1.Volume): Process<void> {
    const { sim } = this.#options.host;
    let waitMs = firstRetryMs;
    for (let failures = 0; ; failures++) {
      if (yield* this.#mount(attempt, volume)) return;
      if (sim.now() + waitMs > attempt.deadlineMs) {
        yield* this.#pause(Math.max(0, attempt.deadlineMs - sim.now()), true);
        return;
      }
      yield* this.#pause(waitMs, failures >= busyRetries);
      waitMs = Math.min(waitMs * 2, maxRetryMs);
    }
  }

  /** Gives whether nothing is left to be tried in this attempt. */
  *#mount(attempt: Attempt, volume: corev1.Volume): Process<boolean> {
    const { host, config, nodeFs, storage, addresses, allocatable } = this.#options;
    const { pod } = attempt;
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
        waitForAttach: (persistent) => this.#waitForAttach(attempt, volume.name, persistent),
      });
      this.#mounted.get(uid)?.set(volume.name, mounted);
      return true;
    } catch (error) {
      if (error instanceof UnattachedError) return true;
      if (error instanceof UnprocessedVolumeError) {
        attempt.unprocessed.set(volume.name, error.message);
        attempt.onUnprocessed?.();
        return true;
      }
      this.#fail(pod, volume.name, error);
      return false;
    }
  }

  /**
   * The volume is marked as in use at once; the node's status tells so at the kubelet's next turn, and only then is the status believed
   * that says it is attached. Upstream: operation_generator.go GenerateVerifyControllerAttachedVolumeFunc (v1.36)
   *
   * @throws UnattachedError when it is not attached before the attempt ends
   */
  *#waitForAttach(attempt: Attempt, name: string, volume: corev1.PersistentVolume): Process<void> {
    const { host } = this.#options;
    const driver = volume.spec?.csi ? yield* this.#driver(volume.spec.csi.driver) : undefined;
    const attachable = attachableVolume(volume, () => driver);
    if (!attachable) return;
    const uid = attempt.pod.metadata.uid ?? '';
    const inUse = this.#inUse.get(uid) ?? new Set<string>();
    this.#inUse.set(uid, inUse.add(attachable.uniqueName));
    attempt.unattached.add(name);
    while (!this.#isAttached(attachable.uniqueName)) {
      const leftMs = attempt.deadlineMs - host.sim.now();
      if (leftMs <= 0) {
        this.#givenUp.add(uid);
        throw new UnattachedError();
      }
      yield* this.#untilNodeChanges(leftMs, this.#givenUp.has(uid));
    }
    attempt.unattached.delete(name);
  }
  *#driver(name: string): Process<storagev1.CSIDriver | undefined> {
    try {
      return yield* this.#options.host.client.resource(csiDrivers).get(name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
  #isAttached(uniqueName: string): boolean {
    const { volumesInUse = [], volumesAttached = [] } = this.#options.node()?.status ?? {};
    return volumesInUse.includes(uniqueName) && volumesAttached.some(({ name }) => name === uniqueName);
  }
  *#untilNodeChanges(limitMs: number, background: boolean): Process<void> {
    const { sim } = this.#options.host;
    yield* suspend<void>((resume) => {
      const wake = () => {
        this.#nodeWaiters.delete(wake);
        cancel();
        resume();
      };
      const cancel = sim.setTimer(limitMs, wake, { background });
      this.#nodeWaiters.add(wake);
      return () => {
        this.#nodeWaiters.delete(wake);
        cancel();
      };
    });
  }

  #fail(pod: corev1.Pod, name: string, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    const operation = error instanceof VolumeError ? error.operation : 'MountVolume.SetUp';
    const message = `${operation} failed for volume "${name}" : ${error.message}`;
    recordPodEvent(this.#options.host, pod, 'Warning', 'FailedMount', message);
  }

  *#pause(ms: number, background: boolean): Process<void> {
    const { sim } = this.#options.host;
    yield* suspend<void>((resume) => sim.setTimer(ms, () => resume(), { background }));
  }
}

function unmountedVolumes({ unprocessed, unattached }: Attempt, left: readonly string[]): UnmountedVolumesError {
  const listed = (names: Iterable<string>) => `[${[...names].sort().join(' ')}]`;
  const why = unprocessed.size > 0 ? [...unprocessed.values()].join('; ') : 'context deadline exceeded';
  return new UnmountedVolumesError(
    `unmounted volumes=${listed(left)}, unattached volumes=${listed(unattached)}, failed to process volumes=${listed(unprocessed.keys())}: ${why}`,
    unprocessed.size === 0,
  );
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
