import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Presentation } from './presentation.ts';

/** The last event that was shown in one way. */
interface Shown<T> {
  readonly type: string;
  readonly object: KubernetesObject;
  readonly frame: T;
}

/** Ways of showing that are remembered; each kind and version has a few. */
const maxShown = 1000;

/**
 * Frames of watch events, each made once for all watches of a server that show an object in the same way: an event reaches one watch
 * after the other, so the last frame is enough to remember.
 */
export class WatchFrames {
  readonly #objects = new Map<string, Shown<object>>();
  readonly #texts = new Map<string, Shown<string>>();

  frame(type: string, object: KubernetesObject, presentation: Presentation): object {
    return remembered(this.#objects, type, object, presentation, () =>
      Object.freeze({ type, object: presentation.object(object) }),
    );
  }

  /** The frame as its line of JSON. */
  text(type: string, object: KubernetesObject, presentation: Presentation): string {
    return remembered(
      this.#texts,
      type,
      object,
      presentation,
      () => `{"type":"${type}","object":${presentation.text(object)}}\n`,
    );
  }
}

function remembered<T>(
  shown: Map<string, Shown<T>>,
  type: string,
  object: KubernetesObject,
  { key }: Presentation,
  make: () => T,
): T {
  const last = shown.get(key);
  if (last && last.object === object && last.type === type) return last.frame;
  if (!last && shown.size >= maxShown) shown.clear();
  const frame = make();
  shown.set(key, { type, object, frame });
  return frame;
}
