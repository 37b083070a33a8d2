import type * as corev1 from '../../../api/core/v1.ts';
import type { FileProjection } from './atomic-writer.ts';
import { VolumeError } from './mounted-volume.ts';

export interface KeyProjection {
  readonly items: readonly corev1.KeyToPath[] | undefined;
  readonly defaultMode: number;
  readonly optional: boolean;
  /** `configmap` or `secret`: how errors say it. */
  readonly kind: 'configmap' | 'secret';
}

/**
 * The files that keys of a ConfigMap or Secret become.
 *
 * @throws VolumeError for a key that is not there
 *
 * Upstream: pkg/volume/configmap/configmap.go MakePayload (v1.36)
 */
export function makePayload(
  data: ReadonlyMap<string, Uint8Array>,
  options: KeyProjection,
): Map<string, FileProjection> {
  const { items, defaultMode, optional, kind } = options;
  const payload = new Map<string, FileProjection>();
  if (!items || items.length === 0) {
    for (const key of [...data.keys()].sort()) payload.set(key, { data: data.get(key) ?? none, mode: defaultMode });
    return payload;
  }
  for (const { key, path, mode } of items) {
    const content = data.get(key);
    if (content) payload.set(path, { data: content, mode: mode ?? defaultMode });
    else if (!optional)
      throw new VolumeError(
        `${kind === 'secret' ? 'references' : 'configmap references'} non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${key}`,
      );
  }
  return payload;
}

const none = new Uint8Array(0);
