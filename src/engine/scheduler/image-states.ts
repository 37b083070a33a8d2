import type * as corev1 from '../../api/core/v1.ts';
import type { ImageState } from './node-info.ts';

/** Which images are on which nodes. Upstream: pkg/scheduler/backend/cache/cache.go addNodeImageStates (v1.36) */
export class ImageStates {
  readonly #states = new Map<string, ImageState>();
  readonly #ofNode = new Map<string, ReadonlyMap<string, ImageState>>();

  get isEmpty(): boolean {
    return this.#states.size === 0;
  }
  /** Takes a node's images in place of those it had; gives them by name. */
  put(nodeName: string, images: readonly corev1.ContainerImage[] | undefined): ReadonlyMap<string, ImageState> {
    this.remove(nodeName);
    const found = new Map<string, ImageState>();
    for (const { names, sizeBytes } of images ?? []) {
      for (const name of names ?? []) {
        if (found.has(name)) continue;
        let state = this.#states.get(name);
        if (!state) this.#states.set(name, (state = { sizeBytes: sizeBytes ?? 0, numNodes: 0 }));
        state.numNodes++;
        found.set(name, state);
      }
    }
    if (found.size > 0) this.#ofNode.set(nodeName, found);
    return found;
  }
  remove(nodeName: string): void {
    for (const [name, state] of this.#ofNode.get(nodeName) ?? []) {
      state.numNodes--;
      if (state.numNodes === 0) this.#states.delete(name);
    }
    this.#ofNode.delete(nodeName);
  }
}
