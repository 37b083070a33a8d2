import type * as corev1 from '../core/v1.ts';
import type * as storagev1 from './v1.ts';

const csiPlugin = 'kubernetes.io/csi';

/** A volume that a node cannot use before it is attached to it. */
export interface AttachableVolume {
  readonly volume: corev1.PersistentVolume;
  readonly driver: string;
  readonly handle: string;
  /** As nodes list it: `kubernetes.io/csi/DRIVER^HANDLE`. */
  readonly uniqueName: string;
}

/**
 * A volume as something to attach; undefined when its plugin attaches nothing.
 *
 * `driver`: the CSIDriver of that name; one that is unknown attaches. Upstream: pkg/volume/csi/csi_plugin.go CanAttach (v1.36)
 */
export function attachableVolume(
  volume: corev1.PersistentVolume | undefined,
  driver: (name: string) => storagev1.CSIDriver | undefined,
): AttachableVolume | undefined {
  const csi = volume?.spec?.csi;
  if (!volume || !csi || driver(csi.driver)?.spec.attachRequired === false) return undefined;
  const uniqueName = `${csiPlugin}/${csi.driver}^${csi.volumeHandle}`;
  return { volume, driver: csi.driver, handle: csi.volumeHandle, uniqueName };
}
