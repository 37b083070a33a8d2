/** How much text is handed over at once, in characters. */
const pieceLength = 128 * 1024;

/**
 * The JSON text of a list in pieces, each made when it is taken, and a line feed.
 *
 * @param head the list without its items
 * @param member where the items stand in it
 * @param text the text of one item
 */
export function* listPieces<T>(
  head: object,
  member: string,
  items: readonly T[],
  text: (item: T) => string,
): Generator<string, void> {
  let piece = `${JSON.stringify(head).slice(0, -1)},"${member}":[`;
  let separator = '';
  for (const item of items) {
    piece += separator + text(item);
    separator = ',';
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}\n`;
}
