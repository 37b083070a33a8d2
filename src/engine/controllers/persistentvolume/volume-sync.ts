import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../../api/resources.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import type { Process } from '../../../process/process.ts';
import { type BinderContext, claimKeyOf, writeVolumePhase } from './claim-sync.ts';
import { boundByControllerAnnotation, provisionedByAnnotation, volumeModeMismatches } from './volume-matching.ts';

type Volume = corev1.PersistentVolume;
type Claim = corev1.PersistentVolumeClaim;

export interface VolumeSyncContext extends BinderContext {
  claim(key: string): Claim | undefined;
  enqueueClaim(key: string): void;
}

/** Looks after one volume. Upstream: pkg/controller/volume/persistentvolume/pv_controller.go syncVolume (v1.36) */
export function* syncVolume(context: VolumeSyncContext, volume: Volume): Process<void> {
  const ref = volume.spec?.claimRef;
  if (!ref?.uid) {
    yield* writeVolumePhase(context, volume, 'Available', '');
    return;
  }
  const claim = yield* findClaim(context, volume);
  if (!claim) return yield* release(context, volume);
  const { volumeName } = claim.spec ?? {};
  if (!volumeName) {
    if (!volumeModeMismatches(volume, claim)) return context.enqueueClaim(claimKeyOf(volume) ?? '');
    const [volumeText, claimText] = [volume.metadata.name ?? '', claim.metadata.name ?? ''];
    const why = 'due to incompatible volumeMode.';
    const aboutVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claimText}" ${why}`;
    const aboutClaim = `Cannot bind PersistentVolume "${volumeText}" to requested PersistentVolumeClaim ${why}`;
    context.recorder.event(volume, 'Warning', 'VolumeMismatch', aboutVolume);
    context.recorder.event(claim, 'Warning', 'VolumeMismatch', aboutClaim);
    return;
  }
  if (volumeName === volume.metadata.name) {
    yield* writeVolumePhase(context, volume, 'Bound', '');
    return;
  }
  const dynamic = volume.metadata.annotations?.[provisionedByAnnotation] !== undefined;
  if (dynamic && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') return yield* release(context, volume);
  yield* unbindVolume(context, volume);
}

function* findClaim(context: VolumeSyncContext, volume: Volume): Process<Claim | undefined> {
  const { uid, namespace, name = '' } = volume.spec?.claimRef ?? {};
  const known = context.claim(claimKeyOf(volume) ?? '');
  if (known?.metadata.uid === uid) return known;
  // The view may be behind: a volume is never released on hearsay.
  const found = yield* ignoreNotFound(context.client.resource(persistentVolumeClaims, namespace).get(name));
  return found?.metadata.uid === uid ? found : undefined;
}

function* release(context: VolumeSyncContext, volume: Volume): Process<void> {
  const phase = volume.status?.phase;
  const settled = phase === 'Released' || phase === 'Failed';
  const released = settled ? volume : yield* writeVolumePhase(context, volume, 'Released', '');
  yield* reclaim(context, released);
}

/** Upstream: reclaimVolume, deleteVolumeOperation (v1.36) */
function* reclaim(context: VolumeSyncContext, volume: Volume): Process<void> {
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  if (policy === 'Recycle') {
    return yield* fail(context, volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!');
  }
  if (policy !== 'Delete') return;
  const provisioner = volume.metadata.annotations?.[provisionedByAnnotation];
  if (provisioner !== undefined && !provisioner.startsWith('kubernetes.io/')) return;
  if (volume.spec?.csi) return;
  const path = volume.spec?.hostPath?.path;
  if (path === undefined) {
    const name = volume.metadata.name ?? '';
    const message = `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`;
    return yield* fail(context, volume, 'VolumeFailedDelete', message);
  }
  if (!/^\/tmp\/.+/.test(path)) {
    const message = `host_path deleter only supports /tmp/.+ but received provided ${path}`;
    return yield* fail(context, volume, 'VolumeFailedDelete', message);
  }
  yield* ignoreNotFound(context.client.resource(persistentVolumes).delete(volume.metadata.name ?? ''));
}

function* fail(context: VolumeSyncContext, volume: Volume, reason: string, message: string): Process<void> {
  if (volume.status?.phase === 'Failed') return;
  const failed = yield* writeVolumePhase(context, volume, 'Failed', message);
  context.recorder.event(failed, 'Warning', reason, message);
}

/** Forgets a claim that has taken another volume. Upstream: unbindVolume (v1.36) */
function* unbindVolume(context: VolumeSyncContext, volume: Volume): Process<void> {
  const { [boundByControllerAnnotation]: ours, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec ?? {};
  const { uid: _, ...kept } = claimRef ?? {};
  const updated = yield* context.client.resource(persistentVolumes).update({
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: ours === undefined ? { ...spec, claimRef: kept } : spec,
  });
  context.wroteVolume(updated);
  yield* writeVolumePhase(context, updated, 'Available', '');
}
