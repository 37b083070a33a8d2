const escape = 0x1b;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const backspace = 0x08;
const right = 0x43;

/** Follows in which column the cursor of a screen stands, from what is written to it; wide characters count as one. */
export class CursorColumn {
  /** From 0; past the screen's width when a line went on below. */
  value = 0;
  /** The parameters of a control sequence that is being read; undefined outside of one. */
  #sequence: string | undefined;

  advance(bytes: Uint8Array): void {
    for (const byte of bytes) this.#take(byte);
  }

  #take(byte: number): void {
    if (this.#sequence !== undefined) this.#inSequence(byte);
    else if (byte === escape) this.#sequence = '';
    else if (byte === lineFeed || byte === carriageReturn) this.value = 0;
    else if (byte === backspace) this.value = Math.max(0, this.value - 1);
    else if (byte >= 0x20 && (byte & 0xc0) !== 0x80) this.value++;
  }

  #inSequence(byte: number): void {
    const text = (this.#sequence ?? '') + String.fromCharCode(byte);
    this.#sequence = text;
    if (text === '[' || (text.startsWith('[') && byte < 0x40)) return;
    this.#sequence = undefined;
    if (byte === right) this.value += Number(text.slice(1, -1)) || 1;
  }
}
