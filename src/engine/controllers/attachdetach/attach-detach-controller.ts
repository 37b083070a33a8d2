/**
 * Has volumes attached to the nodes whose pods use them, and detached when no pod there does any more.
 *
 * Reads pods, claims, volumes, nodes, drivers and attachments through informers; writes VolumeAttachments, which the driver's attacher
 * answers, and `volumesAttached` of nodes. Only what CSI drivers serve is ever attached. Differs: it looks when something changed, where
 * upstream looks ten times a second. Upstream: pkg/controller/volume/attachdetach (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { type AttachableVolume, attachableVolume } from '../../../api/storage/attachable-volume.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import {
  csiDrivers,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from '../../../api/resources.ts';
import { isAlreadyExists } from '../../../apimachinery/status-error.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { ignoreNotFound } from '../../../client/controller.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { getCondition } from '../shared/conditions.ts';
import { podClaimIndex } from '../shared/pod-indexes.ts';
import { isPodTerminal } from '../shared/pod-status.ts';
import { getAttachmentName, isMultiAttachAllowed, multiAttachMessage } from './volume-attachment.ts';

const maxWaitForUnmountMs = 360_000;
const attachTimeoutMs = 120_000;
const firstRetryMs = 500;
const maxRetryMs = 122_000;
const managedAnnotation = 'volumes.kubernetes.io/controller-managed-attach-detach';
const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

export const attachDetachController = defineController({
  name: 'persistentvolume-attach-detach-controller',
  serviceAccount: 'attachdetach-controller',
  start: (run) => new AttachDetachController(run).start(),
});

/** Attachments by the name of their volume. */
const volumeIndex = {
  volume: ({ spec }: storagev1.VolumeAttachment): readonly string[] =>
    spec.source.persistentVolumeName ? [spec.source.persistentVolumeName] : [],
};

/** A volume that is wanted on a node, and the pods that want it. */
interface Wanted {
  readonly attachable: AttachableVolume;
  readonly nodeName: string;
  readonly pods: readonly corev1.Pod[];
}

/** What is remembered of one volume on one node, by the attachment's name. */
interface Attachment {
  readonly attachable: AttachableVolume;
  readonly nodeName: string;
  /** Listed in the node's status. */
  reported: boolean;
  /** Since when the attacher is waited for. */
  askedMs: number | undefined;
  detachAskedMs: number | undefined;
  retryMs: number;
  retryAtMs: number;
}

class AttachDetachController {
  readonly #run: ControllerRun;
  readonly #pods: Informer<corev1.Pod>;
  readonly #claims: Informer<corev1.PersistentVolumeClaim>;
  readonly #volumes: Informer<corev1.PersistentVolume>;
  readonly #nodes: Informer<corev1.Node>;
  readonly #drivers: Informer<storagev1.CSIDriver>;
  readonly #attachments: Informer<storagev1.VolumeAttachment>;
  readonly #recorder: EventRecorder;
  readonly #queue: RateLimitingQueue;
  /** By the volume's name, then by the attachment's. */
  readonly #byVolume = new Map<string, Map<string, Attachment>>();
  /** Attachments whose pods know that they wait, and their volumes. */
  readonly #toldOfMultiAttach = new Map<string, string>();

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#pods = run.informer(pods, podClaimIndex);
    this.#claims = run.informer(persistentVolumeClaims);
    this.#volumes = run.informer(persistentVolumes);
    this.#nodes = run.informer(nodes);
    this.#drivers = run.informer(csiDrivers);
    this.#attachments = run.informer(volumeAttachments, volumeIndex);
    this.#recorder = run.recorder('attachdetach-controller');
    this.#queue = run.queue();
  }

  start(): void {
    const run = this.#run;
    const ofVolume = (volume: corev1.PersistentVolume | undefined) => {
      if (volume?.spec?.csi) this.#queue.add(volume.metadata.name ?? '');
    };
    const ofClaim = (claim: corev1.PersistentVolumeClaim | undefined) =>
      ofVolume(this.#volumes.store.get(claim?.spec?.volumeName ?? ''));
    const ofPod = (pod: corev1.Pod) => {
      if (!pod.spec?.nodeName) return;
      for (const key of podClaimIndex.claim(pod)) ofClaim(this.#claims.store.get(key));
    };
    const ofAttachment = (attachment: storagev1.VolumeAttachment) => {
      for (const name of volumeIndex.volume(attachment)) this.#queue.add(name);
    };
    const ofDriver = () => this.#volumes.store.list().forEach(ofVolume);
    const ofNode = ({ metadata }: corev1.Node) => {
      for (const [volume, attachments] of this.#byVolume) {
        if ([...attachments.values()].some(({ nodeName }) => nodeName === metadata.name)) this.#queue.add(volume);
      }
    };
    run.watch(this.#volumes, { add: ofVolume, update: (_, volume) => ofVolume(volume), delete: ofVolume });
    run.watch(this.#attachments, { add: ofAttachment, update: (_, one) => ofAttachment(one), delete: ofAttachment });
    run.watch(this.#drivers, { add: ofDriver, update: ofDriver, delete: ofDriver });
    run.watch(this.#claims, { add: ofClaim, update: (_, claim) => ofClaim(claim), delete: ofClaim });
    run.watch(this.#pods, { add: ofPod, update: (_, pod) => ofPod(pod), delete: ofPod });
    run.watch(this.#nodes, {
      update: (old, node) => {
        if (old.spec !== node.spec || old.status !== node.status) ofNode(node);
      },
      delete: ofNode,
    });
    const informers = [this.#pods, this.#claims, this.#volumes, this.#nodes, this.#drivers, this.#attachments];
    run.work({ queue: this.#queue, informers, workers: 1, reconcile: (name) => this.#reconcile(name) });
  }

  /** Detaches come first, so that a volume can follow its pod to another node. */
  *#reconcile(volumeName: string): Process<void> {
    const wanted = this.#desiredStateOfWorld(volumeName);
    for (const [name, volume] of this.#toldOfMultiAttach) {
      if (volume === volumeName && !wanted.has(name)) this.#toldOfMultiAttach.delete(name);
    }
    const known = this.#byVolume.get(volumeName);
    if (wanted.size === 0 && !known) return;
    for (const [name, attachment] of [...(known ?? [])]) {
      if (wanted.has(name)) attachment.detachAskedMs = undefined;
      else yield* this.#detach(volumeName, name, attachment);
    }
    for (const [name, one] of wanted) yield* this.#attach(volumeName, name, one);
    this.#lookAgain(volumeName);
  }
  /** When the next wait is over, whatever happens until then. A queue keeps only the earliest time of a key. */
  #lookAgain(volumeName: string): void {
    const now = this.#run.now();
    const dueMs = this.#known(volumeName).flatMap(({ askedMs, detachAskedMs, retryAtMs }) => [
      ...(askedMs === undefined ? [] : [askedMs + attachTimeoutMs + 1]),
      ...(detachAskedMs === undefined ? [] : [detachAskedMs + maxWaitForUnmountMs + 1]),
      retryAtMs,
    ]);
    const next = Math.min(...dueMs.filter((ms) => ms > now));
    if (Number.isFinite(next)) this.#queue.addAfter(volumeName, next - now);
  }
  #known(volumeName: string): Attachment[] {
    return [...(this.#byVolume.get(volumeName)?.values() ?? [])];
  }
  #remember(volumeName: string, name: string, attachment: Attachment): void {
    const attachments = this.#byVolume.get(volumeName) ?? new Map<string, Attachment>();
    this.#byVolume.set(volumeName, attachments.set(name, attachment));
  }
  #forget(volumeName: string, name: string): void {
    const attachments = this.#byVolume.get(volumeName);
    attachments?.delete(name);
    if (attachments?.size === 0) this.#byVolume.delete(volumeName);
  }

  /** The nodes that pods of a volume are on, by the attachments' names. What is attached already is taken note of. */
  #desiredStateOfWorld(volumeName: string): Map<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    const volume = this.#volumes.store.get(volumeName);
    const attachable = attachableVolume(volume, (name) => this.#drivers.store.get(name));
    if (!volume || !attachable) return wanted;
    for (const [nodeName, users] of this.#usersByNode(volume)) {
      const name = getAttachmentName(attachable.handle, attachable.driver, nodeName);
      wanted.set(name, { attachable, nodeName, pods: users });
    }
    this.#adopt(attachable);
    return wanted;
  }
  /** Pods that use a volume, by their nodes. */
  #usersByNode(volume: corev1.PersistentVolume): Map<string, corev1.Pod[]> {
    const out = new Map<string, corev1.Pod[]>();
    const ref = volume.spec?.claimRef;
    if (!ref) return out;
    const key = `${ref.namespace}/${ref.name}`;
    const claim = this.#claims.store.get(key);
    if (!claim || claim.spec?.volumeName !== volume.metadata.name || (ref.uid && ref.uid !== claim.metadata.uid))
      return out;
    for (const pod of this.#pods.store.byIndex('claim', key)) {
      const nodeName = pod.spec?.nodeName;
      if (!nodeName || isPodTerminal(pod)) continue;
      if (this.#nodes.store.get(nodeName)?.metadata.annotations?.[managedAnnotation] !== 'true') continue;
      out.set(nodeName, [...(out.get(nodeName) ?? []), pod]);
    }
    return out;
  }
  /** Takes note of attachments of a volume that were there before this controller was. */
  #adopt(attachable: AttachableVolume): void {
    const volumeName = attachable.volume.metadata.name ?? '';
    for (const attachment of this.#attachments.store.byIndex('volume', volumeName)) {
      const { nodeName } = attachment.spec;
      const name = attachment.metadata.name ?? '';
      if (this.#byVolume.get(volumeName)?.has(name)) continue;
      if (name !== getAttachmentName(attachable.handle, attachable.driver, nodeName)) continue;
      const reported = attachment.status?.attached === true;
      this.#remember(volumeName, name, { ...newAttachment(attachable, nodeName), reported });
    }
  }

  *#attach(volumeName: string, name: string, wanted: Wanted): Process<void> {
    const { attachable, nodeName } = wanted;
    const known = this.#byVolume.get(volumeName)?.get(name);
    const found = this.#attachments.store.get(name);
    if (known?.reported && found?.status?.attached) return yield* this.#updateNodeStatus(nodeName);
    const now = this.#run.now();
    if (known && known.retryAtMs > now) return;
    if (!known && this.#heldElsewhere(volumeName, name, wanted)) return;
    const attachment = known ?? newAttachment(attachable, nodeName);
    if (!known) this.#remember(volumeName, name, attachment);
    if (attachment.askedMs === undefined) {
      attachment.askedMs = now;
      if (!found) yield* this.#createAttachment(name, wanted);
    }
    if (!found) return;
    if (found.metadata.deletionTimestamp !== undefined) {
      return this.#attachFailed(attachment, wanted, 'volume attachment is being deleted');
    }
    if (found.status?.attached) return yield* this.#attached(attachment, wanted);
    const error = found.status?.attachError?.message;
    if (error !== undefined) return this.#attachFailed(attachment, wanted, error);
    if (now - attachment.askedMs < attachTimeoutMs) return;
    const what = `timed out waiting for external-attacher of ${attachable.driver} CSI driver to attach volume`;
    this.#attachFailed(attachment, wanted, `${what} ${attachable.handle}`);
  }
  #heldElsewhere(volumeName: string, name: string, { attachable, nodeName, pods: waiting }: Wanted): boolean {
    if (isMultiAttachAllowed(attachable.volume)) return false;
    const holders = this.#known(volumeName);
    if (holders.length === 0) return false;
    if (this.#toldOfMultiAttach.has(name)) return true;
    this.#toldOfMultiAttach.set(name, volumeName);
    const users = this.#usersByNode(attachable.volume);
    const others = holders.flatMap((holder) =>
      holder.nodeName === nodeName ? [] : (users.get(holder.nodeName) ?? []),
    );
    for (const pod of waiting) {
      const message = multiAttachMessage(attachable.volume.metadata.name ?? '', pod, others);
      this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', message);
    }
    return true;
  }
  *#createAttachment(name: string, { attachable, nodeName }: Wanted): Process<void> {
    const persistentVolumeName = attachable.volume.metadata.name ?? '';
    try {
      yield* this.#run.client.resource(volumeAttachments).create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name },
        spec: { attacher: attachable.driver, nodeName, source: { persistentVolumeName } },
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
  *#attached(attachment: Attachment, { attachable, nodeName, pods: users }: Wanted): Process<void> {
    Object.assign(attachment, { reported: true, askedMs: undefined, retryMs: firstRetryMs, retryAtMs: 0 });
    yield* this.#updateNodeStatus(nodeName);
    const message = `AttachVolume.Attach succeeded for volume "${attachable.volume.metadata.name}" `;
    for (const pod of users) this.#recorder.event(pod, 'Normal', 'SuccessfulAttachVolume', message);
  }
  #attachFailed(attachment: Attachment, { attachable, pods: users }: Wanted, why: string): void {
    const message = `AttachVolume.Attach failed for volume "${attachable.volume.metadata.name}" : ${why}`;
    for (const pod of users) this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', message);
    attachment.askedMs = undefined;
    this.#backOff(attachment);
  }
  #backOff(attachment: Attachment): void {
    attachment.retryAtMs = this.#run.now() + attachment.retryMs;
    attachment.retryMs = Math.min(attachment.retryMs * 2, maxRetryMs);
  }

  *#detach(volumeName: string, name: string, attachment: Attachment): Process<void> {
    const now = this.#run.now();
    const found = this.#attachments.store.get(name);
    if (!found && attachment.askedMs === undefined) {
      this.#forget(volumeName, name);
      yield* this.#updateNodeStatus(attachment.nodeName);
      return this.#queue.add(volumeName);
    }
    if (attachment.retryAtMs > now) return;
    attachment.detachAskedMs ??= now;
    if (!this.#mayDetach(attachment, now - attachment.detachAskedMs)) return;
    attachment.reported = false;
    yield* this.#updateNodeStatus(attachment.nodeName);
    attachment.askedMs = undefined;
    if (!found || found.metadata.deletionTimestamp !== undefined) {
      // What the attacher could not do is tried again by it; here it is only waited for.
      return;
    }
    yield* ignoreNotFound(this.#run.client.resource(volumeAttachments).delete(name));
  }
  /** Whether the node has let go of the volume, or can no longer be waited for. */
  #mayDetach({ attachable, nodeName }: Attachment, waitedMs: number): boolean {
    const node = this.#nodes.store.get(nodeName);
    if (!node?.status?.volumesInUse?.includes(attachable.uniqueName)) return true;
    if (node.spec?.taints?.some(({ key }) => key === outOfServiceTaint)) return true;
    return getCondition(node.status.conditions, 'Ready')?.status !== 'True' && waitedMs > maxWaitForUnmountMs;
  }

  /** Upstream: attachdetach/statusupdater/node_status_updater.go (v1.36) */
  *#updateNodeStatus(nodeName: string): Process<void> {
    const node = this.#nodes.store.get(nodeName);
    if (!node) return;
    const attached = [...this.#byVolume.values()]
      .flatMap((attachments) => [...attachments.values()])
      .filter((one) => one.reported && one.nodeName === nodeName)
      .map(({ attachable }) => ({ name: attachable.uniqueName, devicePath: '' }));
    if (deepEqual(node.status?.volumesAttached ?? [], attached)) return;
    const volumesAttached = attached.length > 0 ? attached : null;
    const patch = { status: { volumesAttached } };
    yield* ignoreNotFound(
      this.#run.client.resource(nodes).patch(nodeName, 'strategic', patch, { subresource: 'status' }),
    );
  }
}

function newAttachment(attachable: AttachableVolume, nodeName: string): Attachment {
  return {
    attachable,
    nodeName,
    reported: false,
    askedMs: undefined,
    detachAskedMs: undefined,
    retryMs: firstRetryMs,
    retryAtMs: 0,
  };
}
