import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import {
  bindCompletedAnnotation,
  boundByControllerAnnotation,
  checkVolumeSatisfyClaim,
  claimClass,
  findBestMatchForClaim,
  getDefaultClass,
  hasClass,
  isVolumeBoundToClaim,
  selectedNodeAnnotation,
} from './volume-matching.ts';

type Volume = corev1.PersistentVolume;
type Claim = corev1.PersistentVolumeClaim;

const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner';
const betaProvisionerAnnotation = 'volume.beta.kubernetes.io/storage-provisioner';

/** What the binder knows and may write. Written objects come back through `wrote`, so that it never decides on older ones. */
export interface BinderContext {
  readonly client: Client;
  readonly recorder: EventRecorder;
  volume(name: string): Volume | undefined;
  volumes(): readonly Volume[];
  storageClass(name: string): storagev1.StorageClass | undefined;
  storageClasses(): readonly storagev1.StorageClass[];
  /** Names of pods that use the claim and are on no node yet. */
  unscheduledPods(claim: Claim): readonly string[];
  wroteVolume(volume: Volume): void;
  wroteClaim(claim: Claim): void;
}

/** Binds one claim to its volume. Upstream: pkg/controller/volume/persistentvolume/pv_controller.go syncClaim (v1.36) */
export class ClaimSync {
  readonly #context: BinderContext;
  #claim: Claim;
  constructor(context: BinderContext, claim: Claim) {
    this.#context = context;
    this.#claim = claim;
  }

  sync(): Process<void> {
    const bound = this.#claim.metadata.annotations?.[bindCompletedAnnotation] !== undefined;
    return bound ? this.#syncBound() : this.#syncUnbound();
  }

  *#syncUnbound(): Process<void> {
    const claim = this.#claim;
    const name = claim.spec?.volumeName;
    if (!name) return yield* this.#findVolume();
    const volume = this.#context.volume(name);
    if (!volume) return yield* this.#updateStatus('Pending');
    if (!volume.spec?.claimRef) {
      const why = checkVolumeSatisfyClaim(volume, claim);
      if (why === undefined) return yield* this.#bind(volume);
      this.#event('Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`);
      return yield* this.#updateStatus('Pending');
    }
    if (isVolumeBoundToClaim(volume, claim)) return yield* this.#bind(volume);
    this.#event('Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`);
    yield* this.#updateStatus('Pending');
  }

  *#findVolume(): Process<void> {
    const claim = this.#claim;
    const context = this.#context;
    const mode = context.storageClass(claimClass(claim))?.volumeBindingMode;
    const delayBinding = mode === 'WaitForFirstConsumer';
    const volume = findBestMatchForClaim(claim, context.volumes(), delayBinding);
    if (volume) return yield* this.#bind(volume);
    if (yield* this.#assignDefaultStorageClass()) return;
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation] !== undefined;
    if (delayBinding && !selected) this.#sayWhatIsWaitedFor();
    else if (claimClass(claim) !== '') return yield* this.#provision();
    else {
      const message = 'no persistent volumes available for this claim and no storage class is set';
      this.#event('Normal', 'FailedBinding', message);
    }
    yield* this.#updateStatus('Pending');
  }
  #sayWhatIsWaitedFor(): void {
    const pods = this.#context.unscheduledPods(this.#claim);
    if (pods.length === 0) {
      return this.#event('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    }
    const message = `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`;
    this.#event('Normal', 'WaitForPodScheduled', message);
  }
  *#assignDefaultStorageClass(): Process<boolean> {
    if (hasClass(this.#claim)) return false;
    const found = getDefaultClass(this.#context.storageClasses());
    if (!found) return false;
    const spec = { ...this.#claim.spec, storageClassName: found.metadata.name ?? '' };
    yield* this.#writeClaim({ ...this.#claim, spec });
    return true;
  }

  /** Leaves the work to an outside provisioner, and says so. Upstream: provisionClaimOperationExternal (v1.36) */
  *#provision(): Process<void> {
    const name = claimClass(this.#claim);
    const storageClass = this.#context.storageClass(name);
    if (!storageClass) {
      return this.#event('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`);
    }
    const { provisioner } = storageClass;
    if (provisioner.startsWith('kubernetes.io/')) {
      return this.#event('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`);
    }
    const annotations = sortedByKey({
      ...this.#claim.metadata.annotations,
      [betaProvisionerAnnotation]: provisioner,
      [provisionerAnnotation]: provisioner,
    });
    if (!deepEqual(annotations, this.#claim.metadata.annotations)) {
      yield* this.#writeClaim({ ...this.#claim, metadata: { ...this.#claim.metadata, annotations } });
    }
    const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.#event('Normal', 'ExternalProvisioning', message);
  }

  *#syncBound(): Process<void> {
    const claim = this.#claim;
    const name = claim.spec?.volumeName;
    if (!name)
      return yield* this.#lost(
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    const volume = this.#context.volume(name);
    if (!volume)
      return yield* this.#lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
    const ref = volume.spec?.claimRef;
    if (!ref || ref.uid === claim.metadata.uid) return yield* this.#bind(volume);
    const message = 'Two claims are bound to the same volume, this one is bound incorrectly';
    yield* this.#lost('ClaimMisbound', message);
  }
  *#lost(reason: string, message: string): Process<void> {
    if (this.#claim.status?.phase !== 'Lost') this.#event('Warning', reason, message);
    yield* this.#updateStatus('Lost');
  }

  /** Points both at each other, volume first; what is done already is not done again. Upstream: bind (v1.36) */
  *#bind(unbound: Volume): Process<void> {
    const volume = yield* this.#bindVolume(unbound);
    const bound = yield* writeVolumePhase(this.#context, volume, 'Bound', '');
    yield* this.#bindClaim(bound);
    yield* this.#updateStatus('Bound', bound);
  }
  *#bindVolume(volume: Volume): Process<Volume> {
    const claim = this.#claim;
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = claim.metadata;
    const ref = volume.spec?.claimRef;
    if (ref?.uid === uid && ref.name === name && ref.namespace === namespace) return volume;
    const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
    const annotations = { ...volume.metadata.annotations, ...(ref ? {} : { [boundByControllerAnnotation]: 'yes' }) };
    const metadata = Object.keys(annotations).length > 0 ? { ...volume.metadata, annotations } : volume.metadata;
    const updated = yield* this.#context.client
      .resource(persistentVolumes)
      .update({ ...volume, metadata, spec: { ...volume.spec, claimRef } });
    this.#context.wroteVolume(updated);
    return updated;
  }
  *#bindClaim(volume: Volume): Process<void> {
    const claim = this.#claim;
    const name = volume.metadata.name ?? '';
    const mine = claim.spec?.volumeName === name;
    const annotations = {
      ...claim.metadata.annotations,
      ...(mine ? {} : { [boundByControllerAnnotation]: 'yes' }),
      [bindCompletedAnnotation]: 'yes',
    };
    if (mine && deepEqual(annotations, claim.metadata.annotations)) return;
    const spec = { ...claim.spec, volumeName: name };
    yield* this.#writeClaim({ ...claim, metadata: { ...claim.metadata, annotations }, spec });
  }

  *#writeClaim(claim: Claim): Process<void> {
    const resource = this.#context.client.resource(persistentVolumeClaims, claim.metadata.namespace);
    this.#claim = yield* resource.update(claim);
    this.#context.wroteClaim(this.#claim);
  }
  *#updateStatus(phase: 'Pending' | 'Bound' | 'Lost', volume?: Volume): Process<void> {
    const claim = this.#claim;
    const { accessModes: _, capacity: __, ...rest } = claim.status ?? {};
    const old = claim.status?.phase;
    // A bound claim that was resized keeps the capacity it has now.
    const capacity = old === 'Bound' && claim.status?.capacity ? claim.status.capacity : volume?.spec?.capacity;
    const modes = volume?.spec?.accessModes;
    const attributesClass = volume?.spec?.volumeAttributesClassName;
    const status = {
      ...rest,
      phase,
      ...(modes ? { accessModes: modes } : {}),
      ...(volume && capacity ? { capacity } : {}),
      ...(attributesClass ? { currentVolumeAttributesClassName: attributesClass } : {}),
    } as corev1.PersistentVolumeClaimStatus;
    if (deepEqual(claim.status, status)) return;
    const resource = this.#context.client.resource(persistentVolumeClaims, claim.metadata.namespace);
    this.#claim = yield* resource.updateStatus({ ...claim, status });
    this.#context.wroteClaim(this.#claim);
  }
  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.recorder.event(this.#claim, type, reason, message);
  }
}

/** In the order in which Go writes maps. */
const sortedByKey = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => compareStrings(a, b)));

/** Upstream: updateVolumePhase (v1.36) */
export function* writeVolumePhase(
  context: Pick<BinderContext, 'client' | 'wroteVolume'>,
  volume: Volume,
  phase: 'Available' | 'Bound' | 'Released' | 'Failed',
  message: string,
): Process<Volume> {
  if (volume.status?.phase === phase) return volume;
  const { message: _, ...rest } = volume.status ?? {};
  const status = { ...rest, phase, ...(message ? { message } : {}) };
  const updated = yield* context.client.resource(persistentVolumes).updateStatus({ ...volume, status });
  context.wroteVolume(updated);
  return updated;
}

/** The key of the claim a volume refers to. */
export function claimKeyOf(volume: Volume): string | undefined {
  const ref = volume.spec?.claimRef;
  return ref ? metaNamespaceKey({ metadata: { namespace: ref.namespace ?? '', name: ref.name ?? '' } }) : undefined;
}
