import * as sortedBtree from 'sorted-btree';

type BTreeClass = typeof sortedBtree.default;

/** The library's class: it is CommonJS, and bundlers differ in where they put its default export. */
export const BTree: BTreeClass =
  'default' in sortedBtree.default
    ? (sortedBtree.default as unknown as { readonly default: BTreeClass }).default
    : sortedBtree.default;
