import type { FieldDescriptions } from '../api/field-descriptions.ts';

/** What fields mean, fetched when somebody first asks. Where it cannot be had, documents go without. */
export class Descriptions {
  loaded: FieldDescriptions | undefined;
  settled = false;
  #loading: Promise<void> | undefined;

  load(): Promise<void> {
    this.#loading ??= import('virtual:field-descriptions')
      .then(
        ({ descriptions }) => {
          this.loaded = descriptions;
        },
        () => undefined,
      )
      .then(() => {
        this.settled = true;
      });
    return this.#loading;
  }
}
