/** From a pod's claim to the volume behind it. Upstream: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../../api/resources.ts';
import { isControlledBy } from '../../../apimachinery/object-meta.ts';
import { StatusError } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { UnprocessedVolumeError } from './mounted-volume.ts';
import { podVolumeUses } from './pod-volume-uses.ts';

const protectionFinalizer = 'kubernetes.io/pvc-protection';

/**
 * The volume that a pod's `persistentVolumeClaim` or `ephemeral` volume stands for.
 *
 * @throws UnprocessedVolumeError when it cannot be had now. Upstream: createVolumeSpec (v1.36)
 */
export function* claimedVolume(
  client: Client,
  pod: corev1.Pod,
  podVolume: corev1.Volume,
): Process<corev1.PersistentVolume> {
  const { namespace = '', name: podName = '' } = pod.metadata;
  const claimName = podVolume.persistentVolumeClaim?.claimName ?? `${podName}-${podVolume.name}`;
  const fail = (why: string) => new UnprocessedVolumeError(`error processing PVC ${namespace}/${claimName}: ${why}`);
  const claim = yield* read(client.resource(persistentVolumeClaims, namespace).get(claimName), (text) =>
    fail(`failed to fetch PVC from API server: ${text}`),
  );
  const unusable = unusableClaim(claim);
  if (unusable !== undefined) throw fail(unusable);
  if (podVolume.ephemeral && !isControlledBy(claim, pod)) {
    throw new UnprocessedVolumeError(
      `PVC ${namespace}/${claimName} was not created for pod ${namespace}/${podName} (pod is not owner)`,
    );
  }
  const volumeName = claim.spec?.volumeName ?? '';
  const volume = yield* read(client.resource(persistentVolumes).get(volumeName), (text) =>
    fail(`failed to fetch PV ${volumeName} from API server: ${text}`),
  );
  const foreign = foreignVolume(volume, claim);
  if (foreign !== undefined) throw fail(foreign);
  const misused = misusedVolume(volume, pod, podVolume.name);
  if (misused !== undefined) throw new UnprocessedVolumeError(misused);
  return volume;
}

/** Why a claim cannot be used, if so. Upstream: getPVCExtractPV (v1.36) */
export function unusableClaim({ metadata, spec, status }: corev1.PersistentVolumeClaim): string | undefined {
  const kept = metadata.finalizers?.includes(protectionFinalizer);
  if (metadata.deletionTimestamp !== undefined && !kept) return 'PVC is being deleted';
  if (status?.phase !== 'Bound') return 'PVC is not bound';
  return spec?.volumeName ? undefined : 'PVC has empty pvc.Spec.VolumeName';
}

/** Why a volume is not the claim's, if so. Upstream: getPVSpec (v1.36) */
export function foreignVolume(
  { metadata, spec }: corev1.PersistentVolume,
  claim: corev1.PersistentVolumeClaim,
): string | undefined {
  const found = `found PV object ${metadata.name ?? ''} but`;
  if (!spec?.claimRef) return `${found} it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`;
  const [ref = '', uid = ''] = [spec.claimRef.uid, claim.metadata.uid];
  return ref === uid ? undefined : `${found} its pv.Spec.ClaimRef.UID ${ref} does not point to claim.UID ${uid}`;
}

/** Why a pod may not use a volume as it does, if so. */
export function misusedVolume({ spec }: corev1.PersistentVolume, pod: corev1.Pod, name: string): string | undefined {
  const mode = spec?.volumeMode ?? 'Filesystem';
  const { mounts, devices } = podVolumeUses(pod);
  if (mounts.has(name) && mode !== 'Filesystem') {
    return `volume ${name} has volumeMode ${mode}, but is specified in volumeMounts`;
  }
  if (devices.has(name) && mode !== 'Block') {
    return `volume ${name} has volumeMode ${mode}, but is specified in volumeDevices`;
  }
  return undefined;
}

function* read<T>(request: Process<T>, failure: (text: string) => Error): Process<T> {
  try {
    return yield* request;
  } catch (error) {
    if (error instanceof StatusError) throw failure(error.message);
    throw error;
  }
}
