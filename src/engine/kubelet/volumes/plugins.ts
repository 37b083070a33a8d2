import type * as corev1 from '../../../api/core/v1.ts';
import { configMapVolume, downwardAPIVolume, projectedVolume, secretVolume } from './content.ts';
import { claimVolume, emptyDirVolume, ephemeralVolume, hostPathVolume, networkVolume } from './disks.ts';
import type { VolumePlugin } from './mounted-volume.ts';

/** Volume kinds by the field of the volume that holds their source; what is not here is a disk somewhere. */
const plugins: readonly (readonly [field: keyof corev1.Volume, plugin: VolumePlugin])[] = [
  ['emptyDir', emptyDirVolume],
  ['configMap', configMapVolume],
  ['secret', secretVolume],
  ['projected', projectedVolume],
  ['downwardAPI', downwardAPIVolume],
  ['hostPath', hostPathVolume],
  ['persistentVolumeClaim', claimVolume],
  ['ephemeral', ephemeralVolume],
];

/** How a volume is set up. */
export function findPluginBySpec(volume: corev1.Volume): VolumePlugin {
  return plugins.find(([field]) => volume[field] !== undefined)?.[1] ?? networkVolume;
}
