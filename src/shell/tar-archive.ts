/** The tar format (ustar), as far as files, directories and links need it. */
import { binaryString, concatBytes, decode, encode } from './text.ts';

export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  /** Of a symbolic link. */
  readonly target?: string;
  readonly content: Uint8Array;
}

const blockSize = 512;
const kinds = { file: '0', symlink: '2', directory: '5' } as const;

/** The header and content of an entry, in whole blocks. */
export function encodeTarEntry(entry: TarEntry): Uint8Array {
  const long = encode(entry.name).length > 100 ? [longNameBlock(entry.name)] : [];
  const padding = new Uint8Array((blockSize - (entry.content.length % blockSize)) % blockSize);
  return concatBytes([...long, header(entry, kinds[entry.kind]), entry.content, padding]);
}

/** Two empty blocks. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(blockSize * 2);
}

function longNameBlock(name: string): Uint8Array {
  const content = encode(`${name}\0`);
  const entry: TarEntry = { name: '././@LongLink', kind: 'file', mode: 0, uid: 0, gid: 0, mtimeMs: 0, content };
  return concatBytes([
    header(entry, 'L'),
    content,
    new Uint8Array((blockSize - (content.length % blockSize)) % blockSize),
  ]);
}

function header(entry: TarEntry, type: string): Uint8Array {
  const block = new Uint8Array(blockSize);
  const put = (text: string, at: number, length: number) => block.set(encode(text).subarray(0, length), at);
  const octal = (value: number, at: number, length: number) =>
    put(
      `${Math.max(0, Math.floor(value))
        .toString(8)
        .padStart(length - 1, '0')}\0`,
      at,
      length,
    );
  put(entry.name, 0, 100);
  octal(entry.mode & 0o7777, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.content.length, 124, 12);
  octal(entry.mtimeMs / 1000, 136, 12);
  put('        ', 148, 8);
  put(type, 156, 1);
  put(entry.target ?? '', 157, 100);
  put('ustar\x0000', 257, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

/** The entries of an archive; undefined when it is none. */
export function decodeTar(bytes: Uint8Array): TarEntry[] | undefined {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + blockSize <= bytes.length; ) {
    const block = bytes.subarray(at, at + blockSize);
    if (block.every((byte) => byte === 0)) break;
    const text = (from: number, length: number) =>
      decode(block.subarray(from, from + length)).replace(/\0[\s\S]*$/, '');
    const number = (from: number, length: number) =>
      Number.parseInt(binaryString(block.subarray(from, from + length)).replace(/[\0 ]+/g, '') || '0', 8);
    if (!text(257, 6).startsWith('ustar') && number(148, 8) === 0) return undefined;
    const size = number(124, 12);
    const content = bytes.subarray(at + blockSize, at + blockSize + size);
    at += blockSize + Math.ceil(size / blockSize) * blockSize;
    const type = String.fromCharCode(block[156] ?? 48);
    const prefix = text(345, 155);
    const name = longName ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`);
    longName = undefined;
    if (type === 'L') longName = decode(content).replace(/\0[\s\S]*$/, '');
    else if (type === 'x') longName = /\d+ path=([^\n]+)\n/.exec(decode(content))?.[1];
    else if (type !== 'g') {
      const kind = type === '5' ? 'directory' : type === '2' ? 'symlink' : 'file';
      entries.push({
        name,
        kind,
        mode: number(100, 8),
        uid: number(108, 8),
        gid: number(116, 8),
        mtimeMs: number(136, 12) * 1000,
        target: text(157, 100),
        content,
      });
    }
  }
  return entries;
}
