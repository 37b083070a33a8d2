import type { Writer } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';

const encoder = new TextEncoder();

/** Text to one of the standard streams. */
export class Output {
  readonly #writer: Writer;
  constructor(writer: Writer) {
    this.#writer = writer;
  }
  *print(text: string): Process<void> {
    if (text !== '') yield* this.#writer.write(encoder.encode(text));
  }
  *line(text = ''): Process<void> {
    yield* this.print(`${text}\n`);
  }
  *bytes(bytes: Uint8Array): Process<void> {
    if (bytes.length > 0) yield* this.#writer.write(bytes);
  }
}
