import type * as corev1 from '../../../api/core/v1.ts';

/** Names of the volumes that containers of a pod mount, and of those they use as devices. Upstream: pkg/volume/util/util.go GetPodVolumeNames (v1.36) */
export function podVolumeUses({ spec }: corev1.Pod): {
  readonly mounts: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
} {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = spec ?? {};
  const all = [...initContainers, ...containers, ...ephemeralContainers];
  return {
    mounts: new Set(all.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name))),
    devices: new Set(all.flatMap(({ volumeDevices = [] }) => volumeDevices.map(({ name }) => name))),
  };
}

/** The volumes of a pod that are set up: those that a container uses. Images are the runtime's affair. */
export function expectedVolumes(pod: corev1.Pod): readonly corev1.Volume[] {
  const volumes = pod.spec?.volumes ?? [];
  if (volumes.length === 0) return volumes;
  const { mounts, devices } = podVolumeUses(pod);
  return volumes.filter(({ name, image }) => !image && (mounts.has(name) || devices.has(name)));
}
