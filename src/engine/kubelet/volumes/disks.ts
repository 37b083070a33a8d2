/** Volumes that hold what pods write: emptyDir, hostPath, claims and everything that stands for a disk somewhere. */
import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type { Process } from '../../../process/process.ts';
import { createFileSystem, type MemoryFileSystem } from '../../../shell/memory-file-system.ts';
import { podLimits } from '../pod-resources.ts';
import { claimedVolume } from './claimed-volume.ts';
import { type MountedVolume, type VolumeContext, VolumeError, type VolumePlugin } from './mounted-volume.ts';

export const emptyDirVolume: VolumePlugin = function* (context) {
  const { host, volume } = context;
  const inMemory = volume.emptyDir?.medium === 'Memory';
  const limitBytes = inMemory ? emptyDirMemorySize(context) : undefined;
  const fs = createFileSystem({
    now: () => host.sim.now(),
    type: inMemory ? 'tmpfs' : 'ext4',
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  fs.chmod('/', inMemory ? 0o1777 : 0o777);
  setVolumeOwnership(context, fs, '/');
  return { fs, root: '/', readOnly: false, type: inMemory ? 'tmpfs' : 'ext4' };
};

/** The least of what the node gives, what the pod may use and what the volume says. Upstream: pkg/volume/emptydir/empty_dir.go calculateEmptyDirMemorySize (v1.36) */
function emptyDirMemorySize({ pod, volume, allocatable }: VolumeContext): number | undefined {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const isLimited = containers.every(({ resources }) => resources?.limits?.['memory'] !== undefined);
  const sizes = [
    parseQuantity(allocatable()['memory'] ?? '0').value(),
    isLimited ? (podLimits(pod).get('memory')?.value() ?? 0) : 0,
    parseQuantity(volume.emptyDir?.sizeLimit ?? '0').value(),
  ].filter((bytes) => bytes > 0);
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}

const provisionedBy = 'pv.kubernetes.io/provisioned-by';

export const hostPathVolume: VolumePlugin = function* (context) {
  const { path = '/', type = '' } = context.volume.hostPath ?? {};
  return hostPath(context.nodeFs, path, type);
};

/** @throws VolumeError when what is there is not what was asked for */
function hostPath(fs: MemoryFileSystem, path: string, type: string, mode = 0o755): MountedVolume {
  const stat = fs.exists(path) ? fs.stat(path) : undefined;
  const kind = stat?.device ?? stat?.kind;
  const wrong = (text: string) => new VolumeError(`hostPath type check failed: ${path} is not ${text}`);
  if (type === 'Directory' && kind !== 'directory') throw wrong('a directory');
  if (type === 'File' && kind !== 'file') throw wrong('a file');
  if (type === 'Socket' && kind !== 'socket') throw wrong('a socket file');
  if (type === 'CharDevice' && kind !== 'character') throw wrong('a character device');
  if (type === 'BlockDevice' && kind !== 'block') throw wrong('a block device');
  if (type === 'DirectoryOrCreate' && kind !== undefined && kind !== 'directory') throw wrong('a directory');
  if (type === 'FileOrCreate' && kind !== undefined && kind !== 'file') throw wrong('a file');
  if (kind === undefined && type === 'FileOrCreate') fs.writeFile(path, new Uint8Array(0), { mode: 0o644 });
  else if (kind === undefined) {
    fs.mkdir(path, { parents: true });
    if (mode !== 0o755) fs.chmod(path, mode);
  }
  return { fs, root: path, readOnly: false, type: 'ext4' };
}

export const claimVolume: VolumePlugin = (context) => {
  const { readOnly = false } = context.volume.persistentVolumeClaim ?? {};
  return mountClaim(context, readOnly);
};

/** A claim made for this pod, by the pod's name and the volume's. */
export const ephemeralVolume: VolumePlugin = (context) => mountClaim(context, false);

function* mountClaim(context: VolumeContext, readOnly: boolean): Process<MountedVolume> {
  const volume = yield* claimedVolume(context.host.client, context.pod, context.volume);
  yield* context.waitForAttach(volume);
  return { ...persistentVolume(context, volume), readOnly };
}

function persistentVolume(context: VolumeContext, volume: corev1.PersistentVolume): MountedVolume {
  const { spec } = volume;
  if (spec?.hostPath) {
    const { path, type = '' } = spec.hostPath;
    // Who provisions makes the directory first, for everybody; a kubelet would make it for its owner.
    const mode = volume.metadata.annotations?.[provisionedBy] === undefined ? undefined : 0o777;
    return hostPath(context.nodeFs, path, type, mode);
  }
  if (spec?.local) {
    const { path } = spec.local;
    if (!context.nodeFs.exists(path))
      throw new VolumeError(`path "${path}" does not exist`, 'MountVolume.NewMounter initialization');
    return hostPath(context.nodeFs, path, '');
  }
  const capacity = spec?.capacity?.['storage'];
  const handle = spec?.csi?.volumeHandle ?? (spec?.nfs ? nfsHandle(spec.nfs) : `pv/${volume.metadata.name ?? ''}`);
  return storageVolume(context, handle, capacity === undefined ? undefined : parseQuantity(capacity).value());
}

const nfsHandle = ({ server, path }: corev1.NFSVolumeSource): string => `nfs/${server}${path}`;

function storageVolume(context: VolumeContext, handle: string, capacityBytes: number | undefined): MountedVolume {
  const fs = context.storage.fileSystem(handle, capacityBytes);
  setVolumeOwnership(context, fs, '/');
  return { fs, root: '/', readOnly: false, type: handle.startsWith('nfs/') ? 'nfs4' : 'ext4' };
}

/** Disks and shares that a pod names itself, without a claim. */
export const networkVolume: VolumePlugin = function* (context) {
  const { volume } = context;
  if (volume.nfs)
    return { ...storageVolume(context, nfsHandle(volume.nfs), undefined), readOnly: volume.nfs.readOnly ?? false };
  if (volume.csi)
    throw new VolumeError(
      `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${volume.csi.driver} not found in the list of registered CSI drivers`,
    );
  const { name, ...source } = volume;
  return storageVolume(context, `inline/${JSON.stringify(source)}`, undefined);
};

/** The pod's fsGroup owns the volume's root, and what is made in it. Upstream: pkg/volume/volume_linux.go SetVolumeOwnership */
function setVolumeOwnership(context: VolumeContext, fs: MemoryFileSystem, root: string): void {
  const fsGroup = context.pod.spec?.securityContext?.fsGroup;
  if (fsGroup === undefined) return;
  const { uid, gid, mode } = fs.stat(root);
  if (context.pod.spec?.securityContext?.fsGroupChangePolicy === 'OnRootMismatch' && gid === fsGroup) return;
  fs.chown(root, uid, fsGroup);
  fs.chmod(root, mode | 0o2770);
  changeTree(fs, root, fsGroup);
}

function changeTree(fs: MemoryFileSystem, directory: string, group: number): void {
  for (const name of fs.readdir(directory)) {
    const path = directory === '/' ? `/${name}` : `${directory}/${name}`;
    const { kind, uid, mode } = fs.lstat(path);
    if (kind === 'symlink') continue;
    fs.chown(path, uid, group);
    fs.chmod(path, mode | (kind === 'directory' ? 0o2770 : 0o660));
    if (kind === 'directory') changeTree(fs, path, group);
  }
}
