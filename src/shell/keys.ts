import type { Reader } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import { concatBytes, decode } from './text.ts';

/** A key: a name, or the text it types. */
export interface Key {
  readonly name: string;
  readonly text?: string;
}

const sequences: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[3~': 'delete',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[2~': 'insert',
  '[1;5C': 'word-right',
  '[1;5D': 'word-left',
  '[1;3C': 'word-right',
  '[1;3D': 'word-left',
  '[5C': 'word-right',
  '[5D': 'word-left',
  f: 'word-right',
  b: 'word-left',
  d: 'word-delete',
  '\x7f': 'word-backspace',
};

const named: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
};

/** Reads keys from the bytes of a terminal. */
export class KeyReader {
  readonly #reader: Reader;
  #buffer = '';
  #partial: Uint8Array = new Uint8Array(0);
  #unread: Key[] = [];

  constructor(reader: Reader) {
    this.#reader = reader;
  }
  unread(key: Key): void {
    this.#unread.push(key);
  }
  /** Undefined at the end of input. Plain characters that came together come together. */
  *next(): Process<Key | undefined> {
    const again = this.#unread.pop();
    if (again) return again;
    if (this.#buffer === '' && !(yield* this.#fill())) return undefined;
    const char = this.#buffer.charAt(0);
    if (char === '\x1b') return yield* this.#escape();
    const run = /^[^\x00-\x1f\x7f]+/.exec(this.#buffer)?.[0];
    this.#buffer = this.#buffer.slice(run?.length ?? 1);
    if (run !== undefined) return { name: 'text', text: run };
    const name = named[char];
    if (name === 'enter' && char === '\r' && this.#buffer.startsWith('\n')) this.#buffer = this.#buffer.slice(1);
    return { name: name ?? `ctrl-${String.fromCharCode(char.charCodeAt(0) + 96)}` };
  }
  *#escape(): Process<Key> {
    const match = /^\x1b(\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[fbd\x7f])/.exec(this.#buffer);
    this.#buffer = this.#buffer.slice(match?.[0].length ?? 1);
    return { name: match?.[1] === undefined ? 'escape' : (sequences[match[1]] ?? 'unknown') };
  }
  *#fill(): Process<boolean> {
    const bytes = yield* this.#reader.read();
    if (!bytes) return false;
    const all = concatBytes([this.#partial, bytes]);
    const whole = wholeLength(all);
    this.#partial = all.subarray(whole);
    this.#buffer = decode(all.subarray(0, whole));
    return this.#buffer !== '' || (yield* this.#fill());
  }
}

/** The length up to which no character is cut. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
