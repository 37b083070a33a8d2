import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, pods } from '../../../api/resources.ts';
import { isControlledBy, metaNamespaceKey, newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { podClaimIndex } from '../shared/pod-indexes.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';

/**
 * Creates the claims of pods' generic ephemeral volumes.
 *
 * Upstream: pkg/controller/volume/ephemeral (v1.36)
 */
export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume-controller',
  start(run) {
    const podInformer = run.informer(pods, podClaimIndex);
    const claimInformer = run.informer(persistentVolumeClaims);
    const queue = run.queue();
    const enqueue = (pod: corev1.Pod) => {
      if (pod.metadata.deletionTimestamp !== undefined) return;
      if (pod.spec?.volumes?.some((volume) => volume.ephemeral)) queue.add(metaNamespaceKey(pod));
    };
    run.watch(podInformer, { add: enqueue });
    run.watch(claimInformer, {
      delete: (claim) => {
        for (const pod of podInformer.store.byIndex('claim', metaNamespaceKey(claim))) enqueue(pod);
      },
    });
    run.work({
      queue,
      informers: [podInformer, claimInformer],
      *reconcile(key) {
        const pod = podInformer.store.get(key);
        if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
        for (const volume of pod.spec?.volumes ?? []) {
          const template = volume.ephemeral?.volumeClaimTemplate;
          if (template) yield* handleVolume(run, pod, volume.name, template, (name) => claimInformer.store.get(name));
        }
      },
    });
  },
});

function* handleVolume(
  run: ControllerRun,
  pod: corev1.Pod,
  volumeName: string,
  template: corev1.PersistentVolumeClaimTemplate,
  find: (key: string) => corev1.PersistentVolumeClaim | undefined,
): Process<void> {
  const { namespace = '', name: podName = '' } = pod.metadata;
  const name = `${podName}-${volumeName}`;
  const known = find(`${namespace}/${name}`);
  if (known) {
    if (isControlledBy(known, pod)) return;
    throw new Error(`PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`);
  }
  const { labels, annotations } = template.metadata ?? {};
  const controllerRef = newControllerRef(pod, { group: '', version: 'v1', kind: 'Pod' });
  try {
    yield* run.client.resource(persistentVolumeClaims, namespace).create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace,
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerRef],
      },
      spec: template.spec,
    });
  } catch (error) {
    if (isAlreadyExists(error) || isNamespaceTerminating(error)) return;
    throw error;
  }
}
