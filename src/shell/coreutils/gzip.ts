/** `gzip`, `gunzip`, `zcat`: real gzip files; what is written here is stored in them, not made smaller. Source: RFC 1952 */
import type { Process } from '../../process/process.ts';
import { readAll } from '../streams.ts';
import { concatBytes } from '../text.ts';
import { inflate, InflateError } from './inflate.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
const storedBytes = 0xffff;

const little = (value: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => (value >>> (8 * at)) & 0xff);

/** Source: RFC 1952, section 8 */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/** A gzip file with some content. */
function gzipBytes(data: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [header];
  for (let at = 0; at === 0 || at < data.length; at += storedBytes) {
    const piece = data.subarray(at, at + storedBytes);
    const last = at + storedBytes >= data.length;
    pieces.push(Uint8Array.of(last ? 1 : 0), little(piece.length, 2), little(~piece.length, 2), piece);
  }
  return concatBytes([...pieces, little(crc32(data), 4), little(data.length, 4)]);
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What a gzip file holds. @throws InflateError */
function gunzipBytes(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new InflateError('invalid magic');
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8);
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1;
  if (flags & 2) at += 2;
  return inflate(bytes, at).data;
}

export const gzip: Utility = {
  names: ['gzip', 'gunzip', 'zcat'],
  summary: 'Compress or decompress FILEs (or stdin)',
  usage: '[-cfkdt123456789] [FILE]...',
  options: 'cfkdtnqv123456789',
  long: { stdout: 'c', force: 'f', keep: 'k', decompress: 'd' },
  *run(call) {
    const unpacks = call.has('d') || call.name !== 'gzip';
    const convert = unpacks ? unpacked : gzipBytes;
    if (call.args.length === 0 || call.args[0] === '-') {
      yield* call.write(convert(yield* readAll(call.context.stdin)));
      return 0;
    }
    for (const word of call.args) yield* convertFile(call, word, unpacks, convert);
    return call.status;
  },
};

/** @throws UtilityError */
function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipBytes(bytes);
  } catch (error) {
    if (error instanceof InflateError) throw new UtilityError(error.message);
    throw error;
  }
}

function* convertFile(
  call: Call,
  word: string,
  unpacks: boolean,
  convert: (bytes: Uint8Array) => Uint8Array,
): Process<void> {
  const { fs } = call.context;
  const toStdout = call.has('c') || call.name === 'zcat';
  if (!fs.exists(call.path(word))) return yield* call.error(`${word}: No such file or directory`);
  if (unpacks && !toStdout && !/\.t?gz$/.test(word)) return yield* call.error(`${word}: unknown suffix - ignored`);
  const bytes = convert(fs.readFile(call.path(word)));
  if (toStdout) return yield* call.write(bytes);
  const target = unpacks ? word.replace(/\.gz$/, '').replace(/\.tgz$/, '.tar') : `${word}.gz`;
  if (fs.exists(call.path(target)) && !call.has('f')) return yield* call.error(`can't open '${target}': File exists`);
  fs.writeFile(call.path(target), bytes);
  if (!call.has('k')) fs.remove(call.path(word));
}
