/** A type without its `readonly`: an object on its way into the store. */
export type Draft<T> = T extends (infer Item)[] | readonly (infer Item)[]
  ? Draft<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;
