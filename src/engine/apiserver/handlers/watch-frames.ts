import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Presentation } from './presentation.ts';

/** Frames of watch events, each made once for all watches of a server that show an object in the same way. */
export class WatchFrames {
  readonly #frames = new WeakMap<KubernetesObject, Map<string, object>>();

  frame(type: string, object: KubernetesObject, presentation: Presentation): object {
    let byKey = this.#frames.get(object);
    if (!byKey) this.#frames.set(object, (byKey = new Map()));
    const key = `${type} ${presentation.key}`;
    let frame = byKey.get(key);
    if (!frame) byKey.set(key, (frame = Object.freeze({ type, object: presentation.object(object) })));
    return frame;
  }
}
