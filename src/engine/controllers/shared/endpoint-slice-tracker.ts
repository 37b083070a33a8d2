import type * as discoveryv1 from '../../../api/discovery/v1.ts';

const deletionExpected = -1;

/**
 * Remembers which slices a controller has written, so that it does not decide on a view that is behind.
 *
 * Upstream: endpointslice/util/endpointslice_tracker.go (v1.36)
 */
export class EndpointSliceTracker {
  readonly #generations = new Map<string, Map<string, number>>();

  /** A slice was written, or the view got it. */
  update(key: string, slice: discoveryv1.EndpointSlice): void {
    let known = this.#generations.get(key);
    if (!known) this.#generations.set(key, (known = new Map()));
    known.set(slice.metadata.uid ?? '', slice.metadata.generation ?? 0);
  }
  expectDeletion(key: string, slice: discoveryv1.EndpointSlice): void {
    this.#generations.get(key)?.set(slice.metadata.uid ?? '', deletionExpected);
  }
  /** The view lost a slice. Gives whether that was expected. */
  handleDeletion(key: string, slice: discoveryv1.EndpointSlice): boolean {
    const known = this.#generations.get(key);
    const uid = slice.metadata.uid ?? '';
    const generation = known?.get(uid);
    known?.delete(uid);
    return generation === undefined || generation === deletionExpected;
  }
  /** Whether the slice is at the generation that was written. */
  expects(key: string, slice: discoveryv1.EndpointSlice): boolean {
    return this.#generations.get(key)?.get(slice.metadata.uid ?? '') === (slice.metadata.generation ?? 0);
  }
  /** Whether a slice of the view is older than what was written, or one that was written is missing. */
  staleSlices(key: string, slices: readonly discoveryv1.EndpointSlice[]): boolean {
    const known = this.#generations.get(key);
    if (!known) return false;
    const missing = new Map(known);
    for (const slice of slices) {
      const uid = slice.metadata.uid ?? '';
      const generation = known.get(uid);
      missing.delete(uid);
      if (generation === undefined) continue;
      if (generation === deletionExpected || generation > (slice.metadata.generation ?? 0)) return true;
    }
    return [...missing.values()].some((generation) => generation !== deletionExpected);
  }
  forget(key: string): void {
    this.#generations.delete(key);
  }
}
