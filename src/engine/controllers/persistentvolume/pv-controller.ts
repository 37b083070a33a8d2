/**
 * Binds claims to volumes, and says what becomes of volumes whose claims are gone.
 *
 * Reads claims, volumes, classes and pods through informers; writes both sides of a binding. It decides on what it has written itself,
 * even while the view is behind. Upstream: pkg/controller/volume/persistentvolume/pv_controller_base.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '../../../api/resources.ts';
import { type KubernetesObject, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isConflict } from '../../../apimachinery/status-error.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { podClaimIndex } from '../shared/pod-indexes.ts';
import { isPodTerminal } from '../shared/pod-status.ts';
import { ClaimSync, claimKeyOf } from './claim-sync.ts';
import { bindCompletedAnnotation, claimClass } from './volume-matching.ts';
import { syncVolume, type VolumeSyncContext } from './volume-sync.ts';

const resyncPeriodMs = 15_000;

export const persistentVolumeController = defineController({
  name: 'persistentvolume-binder-controller',
  serviceAccount: 'persistent-volume-binder',
  start,
});

/** An informer's objects, or newer ones that were written since. */
class FreshStore<T extends KubernetesObject> {
  readonly #informer: Informer<T>;
  readonly #written = new Map<string, T>();
  constructor(informer: Informer<T>) {
    this.#informer = informer;
  }
  get(key: string): T | undefined {
    const seen = this.#informer.store.get(key);
    const written = this.#written.get(key);
    if (!seen || !written) return seen;
    const version = (object: T) => Number(object.metadata.resourceVersion ?? 0);
    if (seen.metadata.uid === written.metadata.uid && version(written) > version(seen)) return written;
    this.#written.delete(key);
    return seen;
  }
  list(): readonly T[] {
    if (this.#written.size === 0) return this.#informer.store.list();
    return this.#informer.store.keys().flatMap((key) => this.get(key) ?? []);
  }
  wrote(object: T): void {
    this.#written.set(metaNamespaceKey(object), object);
  }
}

function start(run: ControllerRun): void {
  const claimInformer = run.informer(persistentVolumeClaims);
  const volumeInformer = run.informer(persistentVolumes);
  const classInformer = run.informer(storageClasses);
  const podInformer = run.informer(pods, podClaimIndex);
  const claims = new FreshStore(claimInformer);
  const volumes = new FreshStore(volumeInformer);
  const claimQueue = run.queue();
  const volumeQueue = run.queue();

  const context: VolumeSyncContext = {
    client: run.client,
    recorder: run.recorder('persistentvolume-controller'),
    claim: (key) => claims.get(key),
    volume: (name) => volumes.get(name),
    volumes: () => volumes.list(),
    storageClass: (name) => classInformer.store.get(name),
    storageClasses: () => classInformer.store.list(),
    unscheduledPods: (claim) =>
      podInformer.store
        .byIndex('claim', metaNamespaceKey(claim))
        .filter((pod) => !isPodTerminal(pod) && !pod.spec?.nodeName)
        .map((pod) => pod.metadata.name ?? ''),
    wroteClaim: (claim) => claims.wrote(claim),
    wroteVolume: (volume) => volumes.wrote(volume),
    enqueueClaim: (key) => claimQueue.add(key),
  };

  run.watch(volumeInformer, {
    add: (volume) => volumeQueue.add(volume.metadata.name ?? ''),
    update: (_, volume) => volumeQueue.add(volume.metadata.name ?? ''),
    delete: (volume) => {
      const key = claimKeyOf(volume);
      if (key !== undefined) claimQueue.add(key);
    },
  });
  run.watch(claimInformer, {
    add: (claim) => claimQueue.add(metaNamespaceKey(claim)),
    update: (_, claim) => claimQueue.add(metaNamespaceKey(claim)),
    delete: (claim) => {
      if (claim.spec?.volumeName) volumeQueue.add(claim.spec.volumeName);
    },
  });
  run.every(resyncPeriodMs, () => {
    for (const claim of claimInformer.store.list()) if (isWaiting(claim)) claimQueue.add(metaNamespaceKey(claim));
    for (const volume of volumeInformer.store.list()) {
      if (volume.status?.phase !== 'Bound' && volume.status?.phase !== 'Available')
        volumeQueue.add(volume.metadata.name ?? '');
    }
  });
  const informers = [claimInformer, volumeInformer, classInformer, podInformer];
  function* reconcileClaim(key: string): Process<void> {
    const claim = claims.get(key);
    if (claim) yield* again(claimQueue, key, new ClaimSync(context, claim).sync());
  }
  function* reconcileVolume(name: string): Process<void> {
    const volume = volumes.get(name);
    if (volume) yield* again(volumeQueue, name, syncVolume(context, volume));
  }
  run.work({ queue: claimQueue, informers, workers: 1, reconcile: reconcileClaim });
  run.work({ queue: volumeQueue, informers, workers: 1, reconcile: reconcileVolume });
}

/** A claim that may be helped by a look at it: nothing tells of a class or a volume that has come since. */
const isWaiting = (claim: corev1.PersistentVolumeClaim) =>
  claim.metadata.annotations?.[bindCompletedAnnotation] === undefined &&
  (claimClass(claim) !== '' || claim.spec?.storageClassName === undefined || !claim.spec.volumeName);

/** Looks again at once when somebody wrote in between. */
function* again(queue: RateLimitingQueue, key: string, process: Process<void>): Process<void> {
  try {
    yield* process;
  } catch (error) {
    if (!isConflict(error)) throw error;
    queue.addRateLimited(key);
  }
}
