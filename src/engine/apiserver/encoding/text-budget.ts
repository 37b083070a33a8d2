/** Keeps a text; somebody else finds it again. */
export interface TextHolder {
  text: string | undefined;
  /** Asked for since the last time that texts were forgotten. */
  isYoung: boolean;
}

/** What a text costs beyond its characters. */
const holderCost = 100;

/**
 * Bounds the texts that are kept: when those that were asked for since the last time fill half of the budget, all others are
 * forgotten.
 */
export class TextBudget {
  readonly #half: number;
  #young: TextHolder[] = [];
  #old: TextHolder[] = [];
  #spent = 0;

  /** @param budget in characters */
  constructor(budget: number) {
    this.#half = budget / 2;
  }

  /** Must be called for each use of a text that is kept. */
  use(holder: TextHolder): void {
    if (holder.isYoung || holder.text === undefined) return;
    holder.isYoung = true;
    this.#young.push(holder);
    this.#spent += holder.text.length + holderCost;
    if (this.#spent > this.#half) this.#forget();
  }

  #forget(): void {
    for (const holder of this.#old) if (!holder.isYoung) holder.text = undefined;
    for (const holder of this.#young) holder.isYoung = false;
    this.#old = this.#young;
    this.#young = [];
    this.#spent = 0;
  }
}
