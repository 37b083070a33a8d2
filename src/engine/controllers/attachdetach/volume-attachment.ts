import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type * as corev1 from '../../../api/core/v1.ts';

/** The name of the VolumeAttachment of a volume and a node. Upstream: pkg/volume/csi/csi_attacher.go getAttachmentName (v1.36) */
export function getAttachmentName(handle: string, driver: string, nodeName: string): string {
  return `csi-${bytesToHex(sha256(new TextEncoder().encode(`${handle}${driver}${nodeName}`)))}`;
}

/** Whether a volume may be attached to several nodes. Upstream: pkg/volume/util/util.go IsMultiAttachAllowed (v1.36) */
export function isMultiAttachAllowed(volume: corev1.PersistentVolume): boolean {
  const modes = volume.spec?.accessModes ?? [];
  return modes.length === 0 || modes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/** What a pod hears when its volume is held elsewhere. Upstream: attachdetach/reconciler/reconciler.go reportMultiAttachError (v1.36) */
export function multiAttachMessage(volumeName: string, pod: corev1.Pod, holders: readonly corev1.Pod[]): string {
  return `Multi-Attach error for volume "${volumeName}" ${whoHolds(pod, holders)}`;
}

function whoHolds(pod: corev1.Pod, holders: readonly corev1.Pod[]): string {
  if (holders.length === 0) {
    return "Volume is already exclusively attached to one node and can't be attached to another";
  }
  const local = holders.filter((other) => other.metadata.namespace === pod.metadata.namespace);
  const others = holders.length - local.length;
  const elsewhere = `${others} pod(s) in different namespaces`;
  if (local.length === 0) return `Volume is already used by ${elsewhere}`;
  const names = local.map((other) => other.metadata.name ?? '').join(', ');
  return `Volume is already used by pod(s) ${names}${others > 0 ? ` and ${elsewhere}` : ''}`;
}
