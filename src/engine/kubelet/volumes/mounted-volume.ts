import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { MemoryFileSystem } from '../../../shell/memory-file-system.ts';
import type { PodAddresses } from '../environment/field-path.ts';
import type { ConfigSource } from '../config-source.ts';
import type { KubeletHost } from '../kubelet-host.ts';

/** A volume of a pod, ready to be mounted into its containers. */
export interface MountedVolume {
  readonly fs: MemoryFileSystem;
  /** The volume's root inside the file system. */
  readonly root: string;
  readonly readOnly: boolean;
  /** What a mount table shows. */
  readonly type: string;
  /** Brings the content up to date; absent for volumes that nobody outside the pod changes. */
  readonly update?: () => Process<void>;
}

/** A volume cannot be set up (yet); the message is what events show. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  /** What failed: `MountVolume.SetUp`, `MountVolume.NewMounter`. */
  readonly operation: string;
  constructor(message: string, operation = 'MountVolume.SetUp') {
    super(message);
    this.operation = operation;
  }
}

/** Nothing is known of a volume yet that could be set up: its claim is not there or not bound. The message is what events show. */
export class UnprocessedVolumeError extends Error {
  override readonly name = 'UnprocessedVolumeError';
}

/** Where data lives that outlasts pods and nodes, by what names it: network disks, shared file systems. */
export interface PersistentStorage {
  /** The file system of a disk; made empty when it is asked for the first time. */
  fileSystem(handle: string, capacityBytes: number | undefined): MemoryFileSystem;
}

/** What setting up a volume may use. */
export interface VolumeContext {
  readonly host: KubeletHost;
  /** As it is now. */
  readonly pod: corev1.Pod;
  readonly volume: corev1.Volume;
  readonly config: ConfigSource;
  readonly addresses: () => PodAddresses;
  readonly allocatable: () => Readonly<Record<string, string>>;
  /** The node's own disk: hostPath, local volumes. */
  readonly nodeFs: MemoryFileSystem;
  readonly storage: PersistentStorage;
  /** Waits until a volume is attached to the node, where it must be. */
  readonly waitForAttach: (volume: corev1.PersistentVolume) => Process<void>;
}

/** Sets up one kind of volume. @throws VolumeError, UnprocessedVolumeError */
export type VolumePlugin = (context: VolumeContext) => Process<MountedVolume>;
