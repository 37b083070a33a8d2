/** Something in the list of all nodes. */
export interface Placed {
  readonly place: number;
}

const most = 20_000;

/** Which nodes have changed, in order: whoever keeps something about nodes looks only at those that changed since he looked last. */
export class NodeChanges {
  #log: Placed[] = [];
  #dropped = 0;

  /** Where the next change will stand. */
  get position(): number {
    return this.#dropped + this.#log.length;
  }
  note(node: Placed): void {
    if (this.#log.length >= most) {
      this.#dropped += most / 2;
      this.#log = this.#log.slice(most / 2);
    }
    this.#log.push(node);
  }
  /** Calls back for each change since a position, the same node several times; gives false when they are not known any more. */
  since(position: number, callback: (node: Placed) => void): boolean {
    if (position < this.#dropped) return false;
    for (let i = position - this.#dropped; i < this.#log.length; i++) callback(this.#log[i] as Placed);
    return true;
  }
}
