/** A body of text that is made as the client reads it. */
import type { Writable } from 'node:stream';

/** What is written before others get their turn, in bytes. */
const turnBytes = 1024 * 1024;

/** Texts' bytes, one after the other in the same place: those of the last text are gone when the next is written. */
class TextBytes {
  #buffer = Buffer.alloc(0);

  of(text: string): Buffer {
    const length = Buffer.byteLength(text);
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(length + (length >> 3));
    // Most texts of the API are ASCII, which is copied as it is.
    this.#buffer.write(text, 0, length === text.length ? 'latin1' : 'utf8');
    return this.#buffer.subarray(0, length);
  }
}

/**
 * Writes pieces to a stream, each when the one before has gone out, and ends it. When a piece cannot be made, or nobody reads any
 * more, no further one is asked for.
 */
export function writePieces(pieces: Iterator<string>, to: Writable, onProblem: (error: unknown) => void): void {
  const bytes = new TextBytes();
  let written = 0;
  to.once('close', () => pieces.return?.());
  const next = (): void => {
    if (to.destroyed) return;
    let piece: IteratorResult<string>;
    try {
      piece = pieces.next();
    } catch (error) {
      onProblem(error);
      to.destroy();
      return;
    }
    if (piece.done) to.end();
    else write(bytes.of(piece.value));
  };
  const write = (chunk: Buffer): void => {
    written += chunk.length;
    const mayGoOn = written < turnBytes;
    if (!mayGoOn) written = 0;
    to.write(chunk, (error) => {
      if (error) return;
      if (mayGoOn) next();
      else setImmediate(next);
    });
  };
  next();
}
