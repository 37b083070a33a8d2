/**
 * Numbered places that members keep: a newcomer takes the lowest free one, one that leaves frees its own, nobody else moves.
 * When most places have become empty, the members close ranks in their order.
 */
export class Slots {
  #slotOf = new Map<string, number>();

  /** Brings the places up to date; `ids` in the order in which newcomers choose. */
  update(ids: readonly string[]): void {
    const wanted = new Set(ids);
    for (const id of this.#slotOf.keys()) if (!wanted.has(id)) this.#slotOf.delete(id);
    const taken = new Set(this.#slotOf.values());
    let next = 0;
    for (const id of ids) {
      if (this.#slotOf.has(id)) continue;
      while (taken.has(next)) next++;
      taken.add(next);
      this.#slotOf.set(id, next);
    }
    if (this.length > 12 && this.#slotOf.size * 3 <= this.length) this.#close();
  }

  /** Gives the places anew, in the order of `ids`. */
  reset(ids: readonly string[]): void {
    this.#slotOf = new Map(ids.map((id, slot) => [id, slot]));
  }

  /** One more than the highest place in use. */
  get length(): number {
    let highest = -1;
    for (const slot of this.#slotOf.values()) if (slot > highest) highest = slot;
    return highest + 1;
  }

  /** The place of a member. */
  of(id: string): number {
    return this.#slotOf.get(id) ?? 0;
  }

  #close(): void {
    const ordered = [...this.#slotOf].sort((a, b) => a[1] - b[1]);
    this.#slotOf = new Map(ordered.map(([id], slot) => [id, slot]));
  }
}
