/** `base64`, `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, `cksum`, `od`, `hexdump`, `xxd`, `strings`. */
import { decodeBase64, encodeBase64 } from '../../apimachinery/base64.ts';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Process } from '../../process/process.ts';
import { readAll } from '../streams.ts';
import { binaryString, concatBytes, decode } from '../text.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

function* bytesOf(call: Call, paths: readonly string[]): Process<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const reader = yield* call.tryOpen(path);
    if (reader) pieces.push(yield* readAll(reader));
  }
  return concatBytes(pieces);
}

export const base64: Utility = {
  names: ['base64'],
  summary: 'Base64 encode or decode FILE to standard output',
  usage: '[-d] [-w COL] [FILE]',
  options: 'dDw:i',
  long: { decode: 'd', wrap: 'w', 'ignore-garbage': 'i' },
  *run(call) {
    const bytes = yield* bytesOf(call, call.args);
    if (call.has('d') || call.has('D')) {
      const text = decode(bytes).replace(/\s/g, '');
      let decoded: Uint8Array;
      try {
        decoded = decodeBase64(text);
      } catch {
        throw new UtilityError('truncated input');
      }
      yield* call.write(decoded);
      return 0;
    }
    const width = call.number('w', 76);
    const encoded = encodeBase64(bytes);
    const lines = width === 0 ? [encoded] : (encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
    yield* call.out(width === 0 ? encoded : lines.map((line) => `${line}\n`).join(''));
    return 0;
  },
};

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const checksum = (name: string, hash: (bytes: Uint8Array) => Uint8Array): Utility => ({
  names: [name],
  summary: `Print or check ${name.replace('sum', '').toUpperCase()} checksums`,
  usage: '[-c[sw]] [FILE]...',
  options: 'csbtw',
  long: { check: 'c', status: 's' },
  *run(call) {
    if (!call.has('c')) {
      for (const path of call.args.length === 0 ? ['-'] : call.args) {
        const reader = yield* call.tryOpen(path);
        if (reader) yield* call.out(`${hex(hash(yield* readAll(reader)))}  ${path}\n`);
      }
      return 0;
    }
    for (const line of yield* call.lines(call.args)) {
      const [, sum = '', path = ''] = /^([0-9a-f]+) [ *](.*)$/.exec(line) ?? [];
      const good = hex(hash(yield* bytesOf(call, [path]))) === sum;
      if (!good) call.status = 1;
      if (!call.has('s')) yield* call.out(`${path}: ${good ? 'OK' : 'FAILED'}\n`);
    }
    return 0;
  },
});
export const md5sum = checksum('md5sum', md5);
export const sha1sum = checksum('sha1sum', sha1);
export const sha256sum = checksum('sha256sum', sha256);
export const sha512sum = checksum('sha512sum', sha512);

export const cksum: Utility = {
  names: ['cksum'],
  summary: 'Calculate the CRC32 checksum of FILEs',
  usage: '[FILE]...',
  options: '',
  *run(call) {
    for (const path of call.args.length === 0 ? ['-'] : call.args) {
      const bytes = yield* bytesOf(call, [path]);
      let crc = 0;
      const step = (byte: number) => {
        crc ^= byte << 24;
        for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
      };
      for (const byte of bytes) step(byte);
      for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) step(length & 0xff);
      yield* call.out(`${~crc >>> 0} ${bytes.length}${path === '-' ? '' : ` ${path}`}\n`);
    }
    return 0;
  },
};

const printable = (byte: number) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.');

export const hexdump: Utility = {
  names: ['hexdump', 'hd'],
  summary: 'Display FILEs in a user specified format',
  usage: '[-Cvn LEN] [FILE]...',
  options: 'Cvn:s:xe:',
  *run(call) {
    let bytes = (yield* bytesOf(call, call.args)).subarray(call.number('s', 0));
    if (call.has('n')) bytes = bytes.subarray(0, call.number('n', 0));
    const canonical = call.has('C') || call.name === 'hd';
    let text = '';
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      const cells = [...row].map((byte) => byte.toString(16).padStart(2, '0'));
      if (canonical) {
        const left = `${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}`;
        text += `${at.toString(16).padStart(8, '0')}  ${left.padEnd(48)}  |${[...row].map(printable).join('')}|\n`;
      } else {
        const words = Array.from(
          { length: Math.ceil(row.length / 2) },
          (_, index) => `${cells[index * 2 + 1] ?? '00'}${cells[index * 2] ?? ''}`,
        );
        text += `${at.toString(16).padStart(7, '0')} ${words.join(' ')}\n`;
      }
    }
    if (bytes.length > 0) text += `${bytes.length.toString(16).padStart(canonical ? 8 : 7, '0')}\n`;
    yield* call.out(text);
    return 0;
  },
};

export const xxd: Utility = {
  names: ['xxd'],
  summary: 'Hex dump FILE (or stdin)',
  usage: '[-pr] [-l LEN] [FILE]',
  options: 'prl:c:g:u',
  *run(call) {
    const all = yield* bytesOf(call, call.args.slice(0, 1));
    if (call.has('r')) {
      const text = call.has('p')
        ? decode(all)
        : decode(all)
            .replace(/^[0-9a-f]+: /gim, '')
            .replace(/  .*$/gm, '');
      yield* call.write(
        Uint8Array.from(text.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
      );
      return 0;
    }
    const bytes = call.has('l') ? all.subarray(0, call.number('l', 0)) : all;
    if (call.has('p')) {
      yield* call.out((hex(bytes).match(/.{1,60}/g) ?? []).map((line) => `${line}\n`).join(''));
      return 0;
    }
    let text = '';
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      const pairs = (hex(row).match(/.{1,4}/g) ?? []).join(' ');
      text += `${at.toString(16).padStart(8, '0')}: ${pairs.padEnd(39)}  ${[...row].map(printable).join('')}\n`;
    }
    yield* call.out(text);
    return 0;
  },
};

export const od: Utility = {
  names: ['od'],
  summary: 'Print FILEs (or stdin) unambiguously, as octal bytes by default',
  usage: '[-abcdfhilovxs] [-A RADIX] [-t TYPE] [-N COUNT] [FILE]...',
  options: 'abcdhiloxvA:t:N:j:w:',
  *run(call) {
    let bytes = (yield* bytesOf(call, call.args)).subarray(call.number('j', 0));
    if (call.has('N')) bytes = bytes.subarray(0, call.number('N', 0));
    const type = call.value('t') ?? (call.has('c') ? 'c' : call.has('x') ? 'x2' : call.has('b') ? 'o1' : 'o2');
    const radix = call.value('A') ?? 'o';
    const size = /c|a/.test(type) ? 1 : Number(/\d/.exec(type)?.[0] ?? 4);
    const address = (at: number) =>
      radix === 'n'
        ? ''
        : at.toString(radix === 'x' ? 16 : radix === 'd' ? 10 : 8).padStart(radix === 'x' ? 6 : 7, '0');
    let text = '';
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.subarray(at, at + 16);
      let cells = '';
      for (let i = 0; i < row.length; i += size) cells += formatCell(type, row.subarray(i, i + size), size);
      text += `${address(at)}${cells}\n`;
    }
    yield* call.out(`${text}${radix === 'n' ? '' : `${address(bytes.length)}\n`}`);
    return 0;
  },
};

const namedBytes: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

function formatCell(type: string, bytes: Uint8Array, size: number): string {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  const byte = bytes[0] ?? 0;
  if (type.startsWith('c'))
    return (
      namedBytes[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))
    ).padStart(4);
  if (type.startsWith('x')) return ` ${value.toString(16).padStart(size * 2, '0')}`;
  if (type.startsWith('u')) return ` ${value.toString().padStart([0, 3, 5, 0, 10][size] ?? 20)}`;
  if (type.startsWith('d'))
    return ` ${BigInt.asIntN(size * 8, value)
      .toString()
      .padStart([0, 4, 6, 0, 11][size] ?? 20)}`;
  return ` ${value.toString(8).padStart([0, 3, 6, 0, 11][size] ?? 22, '0')}`;
}

export const strings: Utility = {
  names: ['strings'],
  summary: 'Display printable strings in a binary file',
  usage: '[-n LEN] [FILE]...',
  options: 'n:afo',
  *run(call) {
    const text = binaryString(yield* bytesOf(call, call.args));
    for (const match of text.matchAll(new RegExp(`[\\x20-\\x7e\\t]{${call.number('n', 4)},}`, 'g')))
      yield* call.out(`${match[0]}\n`);
    return 0;
  },
};
