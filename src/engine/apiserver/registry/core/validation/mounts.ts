/** Rules of a container's volume mounts and devices. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, require } from './complaints.ts';
import { validateLocalDescendingPath } from './paths.ts';

/** The volumes of a pod that are sound, by name. */
export type VolumesByName = ReadonlyMap<string, corev1.Volume>;

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursiveReadOnlyModes = ['Disabled', 'Enabled', 'IfPossible'];

function validateMountPropagation(errors: Complaints, list: Path, mode: string, container: corev1.Container): void {
  if (!propagations.includes(mode)) {
    errors.push(field.notSupported(list.child('mountPropagation'), mode, propagations));
  }
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    const why = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(field.forbidden(list.child('mountPropagation'), why));
  }
}

function validateMountRecursiveReadOnly(errors: Complaints, list: Path, mount: corev1.VolumeMount): void {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === 'Disabled') return;
  const path = list.child('recursiveReadOnly');
  if (!recursiveReadOnlyModes.includes(mode)) {
    errors.push(field.notSupported(path, mode, recursiveReadOnlyModes));
    return;
  }
  if (!mount.readOnly) errors.push(field.forbidden(path, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    errors.push(field.forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}

function validateSubPaths(errors: Complaints, list: Path, at: Path, mount: corev1.VolumeMount): void {
  const { subPath, subPathExpr } = mount;
  if (subPath) validateLocalDescendingPath(errors, list, 'subPath', subPath);
  if (!subPathExpr) return;
  if (subPath) {
    errors.push(field.invalid(at.child('subPathExpr'), subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  }
  validateLocalDescendingPath(errors, list, 'subPathExpr', subPathExpr);
}

/** Complains about mounts; `path` is the container's. Upstream: ValidateVolumeMounts (v1.36) */
export function validateVolumeMounts(
  errors: Complaints,
  path: Path,
  container: corev1.Container,
  volumes: VolumesByName,
): void {
  const mounts = container.volumeMounts ?? [];
  if (mounts.length === 0) return;
  const list = path.child('volumeMounts');
  const devices = container.volumeDevices ?? [];
  const points = new Set<string>();
  for (const [i, mount] of mounts.entries()) {
    const at = list.index(i);
    const { name = '', mountPath = '', mountPropagation } = mount;
    require(errors, at, 'name', name);
    if (!volumes.has(name)) errors.push(field.notFound(at.child('name'), name));
    require(errors, at, 'mountPath', mountPath);
    if (points.has(mountPath)) errors.push(field.invalid(at.child('mountPath'), mountPath, 'must be unique'));
    points.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(field.invalid(at.child('name'), name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      const why = 'must not already exist as a path in volumeDevices';
      errors.push(field.invalid(at.child('mountPath'), mountPath, why));
    }
    validateSubPaths(errors, list, at, mount);
    if (mountPropagation !== undefined) validateMountPropagation(errors, list, mountPropagation, container);
    validateMountRecursiveReadOnly(errors, list, mount);
  }
}

function checkDeviceVolume(errors: Complaints, at: Path, name: string, volume: corev1.Volume | undefined): void {
  if (!volume) errors.push(field.notFound(at.child('name'), name));
  else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
    const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
    errors.push(field.invalid(at.child('name'), name, why));
  }
}

/** Complains about devices; `path` is the container's. Upstream: ValidateVolumeDevices (v1.36) */
export function validateVolumeDevices(
  errors: Complaints,
  path: Path,
  container: corev1.Container,
  volumes: VolumesByName,
): void {
  const mounts = container.volumeMounts ?? [];
  const paths = new Set<string>();
  const names = new Set<string>();
  for (const [i, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = path.child('volumeDevices').index(i);
    require(errors, at, 'name', name);
    if (names.has(name)) errors.push(field.invalid(at.child('name'), name, 'must be unique'));
    checkDeviceVolume(errors, at, name, volumes.get(name));
    require(errors, at, 'devicePath', devicePath);
    const refusePath = (why: string): void => {
      errors.push(field.invalid(at.child('devicePath'), devicePath, why));
    };
    if (paths.has(devicePath)) refusePath('must be unique');
    if (devicePath.split('/').includes('..')) refusePath("can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(field.invalid(at.child('name'), name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      refusePath('must not already exist as a path in volumeMounts');
    }
    if (name !== '') names.add(name);
  }
}
