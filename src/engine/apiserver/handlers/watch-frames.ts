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
    const last = this.#objects.get(presentation.key);
    if (last && last.object === object && last.type === type) return last.frame;
    const frame = Object.freeze({ type, object: presentation.object(object) });
    return remember(this.#objects, presentation, { type, object, frame });
  }

  /** The frame as its line of JSON. */
  text(type: string, object: KubernetesObject, presentation: Presentation): string {
    const last = this.#texts.get(presentation.key);
    if (last && last.object === object && last.type === type) return last.frame;
    const frame = `{"type":"${type}","object":${presentation.text(object)}}\n`;
    return remember(this.#texts, presentation, { type, object, frame });
  }
}

function remember<T>(known: Map<string, Shown<T>>, { key }: Presentation, shown: Shown<T>): T {
  if (known.size >= maxShown) known.clear();
  known.set(key, shown);
  return shown.frame;
}
