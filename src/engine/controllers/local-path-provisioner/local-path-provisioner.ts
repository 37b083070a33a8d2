/**
 * The provisioner behind the class `standard`: makes a volume in a directory of the node that the claim's first pod is placed on, and
 * deletes it when it is released. What kind clusters have; no part of the controller manager upstream.
 *
 * Reads claims, volumes, classes and nodes through informers; writes volumes.
 * Behaves as github.com/rancher/local-path-provisioner with sig-storage-lib-external-provisioner.
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import { type Process, sleep } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';

export const localPathProvisionerName = 'rancher.io/local-path';
const component = 'rancher.io/local-path_local-path-provisioner';
const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner';
const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
const provisionedByAnnotation = 'pv.kubernetes.io/provisioned-by';
const root = '/var/local-path-provisioner';

export const localPathProvisioner = defineController({
  name: 'local-path-provisioner',
  serviceAccount: 'persistent-volume-binder',
  start(run) {
    const claimInformer = run.informer(persistentVolumeClaims);
    const volumeInformer = run.informer(persistentVolumes);
    const classInformer = run.informer(storageClasses);
    const queue = run.queue();
    const enqueueClaim = (claim: corev1.PersistentVolumeClaim) => {
      const { annotations } = claim.metadata;
      if (claim.spec?.volumeName || annotations?.[provisionerAnnotation] !== localPathProvisionerName) return;
      queue.add(`claim ${metaNamespaceKey(claim)}`);
    };
    const enqueueVolume = (volume: corev1.PersistentVolume) => {
      if (isReleased(volume)) queue.add(`volume ${volume.metadata.name}`);
    };
    run.watch(claimInformer, { add: enqueueClaim, update: (_, claim) => enqueueClaim(claim) });
    run.watch(volumeInformer, { add: enqueueVolume, update: (_, volume) => enqueueVolume(volume) });
    run.work({
      queue,
      informers: [claimInformer, volumeInformer, classInformer],
      *reconcile(item) {
        const [kind = '', key = ''] = item.split(' ');
        const volume = kind === 'volume' ? volumeInformer.store.get(key) : undefined;
        if (volume && isReleased(volume)) {
          yield* ignoreNotFound(run.client.resource(persistentVolumes).delete(key));
        }
        const claim = kind === 'claim' ? claimInformer.store.get(key) : undefined;
        if (!claim || claim.spec?.volumeName || claim.metadata.deletionTimestamp !== undefined) return;
        const name = `pvc-${claim.metadata.uid}`;
        if (volumeInformer.store.get(name)) return;
        yield* provision(run, claim, name, classInformer.store.get(claim.spec?.storageClassName ?? '')?.reclaimPolicy);
      },
    });
  },
});

const isReleased = (volume: corev1.PersistentVolume) =>
  volume.metadata.annotations?.[provisionedByAnnotation] === localPathProvisionerName &&
  volume.spec?.persistentVolumeReclaimPolicy === 'Delete' &&
  volume.status?.phase === 'Released' &&
  volume.metadata.deletionTimestamp === undefined;

function* provision(
  run: ControllerRun,
  claim: corev1.PersistentVolumeClaim,
  name: string,
  reclaimPolicy: string | undefined,
): Process<void> {
  const recorder = run.recorder(component);
  const key = metaNamespaceKey(claim);
  const { namespace = '', name: claimName = '', uid = '', resourceVersion = '', annotations } = claim.metadata;
  recorder.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`);
  const node = annotations?.[selectedNodeAnnotation];
  if (node === undefined) {
    const why = 'configuration error, no node was specified';
    const message = `failed to provision volume with StorageClass "${claim.spec?.storageClassName ?? ''}": ${why}`;
    return recorder.event(claim, 'Warning', 'ProvisioningFailed', message);
  }
  yield* sleep(run.settings.delayMs?.('volumeProvision') ?? 0);
  const storage = claim.spec?.resources?.requests?.['storage'] ?? '0';
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [node] }] }];
  const volume: corev1.PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedByAnnotation]: localPathProvisionerName } },
    spec: {
      capacity: { storage },
      accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: claimName, uid, resourceVersion },
      hostPath: { path: `${root}/${name}_${namespace}_${claimName}`, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: terms } },
      persistentVolumeReclaimPolicy: reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
      storageClassName: claim.spec?.storageClassName ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
    },
  };
  try {
    yield* run.client.resource(persistentVolumes).create(volume);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
}
