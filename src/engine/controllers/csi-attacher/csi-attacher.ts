/**
 * Attaches and detaches what VolumeAttachments of the attach/detach controller ask for, in the place of every CSI driver's own attacher.
 *
 * Reads attachments through an informer; writes their status and their finalizer. Part of the simulated cloud.
 * After kubernetes-csi/external-attacher.
 */
import type * as storagev1 from '../../../api/storage/v1.ts';
import { volumeAttachments } from '../../../api/resources.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import { type Process, sleep } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';

type VolumeAttachment = storagev1.VolumeAttachment;

export const csiAttacher = defineController({ name: 'csi-attacher', start });

/** Names that only the attach/detach controller gives. */
const isOurs = (attachment: VolumeAttachment) => /^csi-[0-9a-f]{64}$/.test(attachment.metadata.name ?? '');
const finalizerOf = ({ spec }: VolumeAttachment) => `external-attacher/${spec.attacher.replace(/[^a-zA-Z0-9-]/g, '-')}`;

function start(run: ControllerRun): void {
  const informer = run.informer(volumeAttachments);
  const queue = run.queue();
  const enqueue = (attachment: VolumeAttachment) => {
    if (isOurs(attachment)) queue.add(attachment.metadata.name ?? '');
  };
  run.watch(informer, { add: enqueue, update: (_, attachment) => enqueue(attachment) });
  run.work({
    queue,
    informers: [informer],
    workers: 10,
    *reconcile(name) {
      const attachment = informer.store.get(name);
      if (!attachment) return;
      if (attachment.metadata.deletionTimestamp !== undefined) yield* ignoreNotFound(detach(run, attachment));
      else if (!attachment.status?.attached) yield* ignoreNotFound(attach(run, attachment));
    },
  });
}

function* attach(run: ControllerRun, attachment: VolumeAttachment): Process<void> {
  const resource = run.client.resource(volumeAttachments);
  const { name = '', finalizers = [] } = attachment.metadata;
  const finalizer = finalizerOf(attachment);
  if (!finalizers.includes(finalizer)) {
    yield* resource.patch(name, 'merge', { metadata: { finalizers: [...finalizers, finalizer] } });
  }
  yield* sleep(run.settings.delayMs?.('volumeAttach') ?? 0);
  yield* resource.patch(name, 'merge', { status: { attached: true } }, { subresource: 'status' });
}

function* detach(run: ControllerRun, attachment: VolumeAttachment): Process<void> {
  const { name = '', finalizers = [] } = attachment.metadata;
  const finalizer = finalizerOf(attachment);
  if (!finalizers.includes(finalizer)) return;
  yield* sleep(run.settings.delayMs?.('volumeDetach') ?? 0);
  const kept = finalizers.filter((other) => other !== finalizer);
  yield* run.client.resource(volumeAttachments).patch(name, 'merge', { metadata: { finalizers: kept } });
}
