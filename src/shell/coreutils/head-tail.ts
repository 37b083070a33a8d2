import { type Process, sleep } from '../../process/process.ts';
import { BufferedReader, LineReader } from '../streams.ts';
import { concatBytes, decode, encode } from '../text.ts';
import { readAll } from '../streams.ts';
import { type Call, parseSize, type Utility, UtilityError } from './utility.ts';

function count(
  call: Call,
  option: string,
): { readonly value: number; readonly fromStart: boolean; readonly allButLast: boolean } {
  const text = call.value(option) ?? '10';
  const value = parseSize(text.replace(/^[-+]/, ''));
  if (value === undefined) throw new UtilityError(`invalid number '${text}'`);
  return { value, fromStart: text.startsWith('+'), allButLast: text.startsWith('-') };
}

export const head: Utility = {
  names: ['head'],
  summary: 'Print first 10 lines of FILEs to stdout',
  usage: '[OPTIONS] [FILE]...',
  options: 'n:c:qv',
  numeric: 'n',
  long: { lines: 'n', bytes: 'c' },
  *run(call) {
    const files = call.args.length === 0 ? ['-'] : call.args;
    for (const [index, path] of files.entries()) {
      const reader = yield* call.tryOpen(path);
      if (!reader) continue;
      if ((files.length > 1 && !call.has('q')) || call.has('v'))
        yield* call.out(`${index > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`);
      if (call.has('c')) {
        const { value, allButLast } = count(call, 'c');
        const bytes = allButLast ? yield* readAll(reader) : yield* firstBytes(call, path, value);
        yield* call.write(allButLast ? bytes.subarray(0, Math.max(0, bytes.length - value)) : bytes);
        continue;
      }
      const { value, allButLast } = count(call, 'n');
      if (allButLast) {
        const lines = decode(yield* readAll(reader)).match(/[^\n]*\n|[^\n]+$/g) ?? [];
        yield* call.out(lines.slice(0, Math.max(0, lines.length - value)).join(''));
        continue;
      }
      const lines = new LineReader(reader);
      for (let taken = 0; taken < value; taken++) {
        const line = yield* lines.next();
        if (line === undefined) break;
        yield* call.out(lines.terminated ? `${line}\n` : line);
      }
      if (reader instanceof BufferedReader) reader.unread(lines.takeRest());
    }
    return 0;
  },
};

function* firstBytes(call: Call, path: string, wanted: number): Process<Uint8Array> {
  const reader = call.open(path);
  const pieces: Uint8Array[] = [];
  for (let left = wanted; left > 0; ) {
    const bytes = yield* reader.read(left);
    if (!bytes) break;
    pieces.push(bytes);
    left -= bytes.length;
  }
  return concatBytes(pieces);
}

export const tail: Utility = {
  names: ['tail'],
  summary: 'Print last 10 lines of FILEs to stdout',
  usage: '[OPTIONS] [FILE]...',
  options: 'n:c:fFqvs:r',
  numeric: 'n',
  long: { lines: 'n', bytes: 'c', follow: 'f', retry: 'F', quiet: 'q' },
  *run(call) {
    const files = call.args.length === 0 ? ['-'] : call.args;
    const sizes = new Map<string, number>();
    for (const [index, path] of files.entries()) {
      const reader = yield* call.tryOpen(path);
      if (!reader) {
        if (call.has('F')) sizes.set(path, 0);
        continue;
      }
      if ((files.length > 1 && !call.has('q')) || call.has('v'))
        yield* call.out(`${index > 0 ? '\n' : ''}==> ${path === '-' ? 'standard input' : path} <==\n`);
      if (isDevice(call, path)) continue;
      const bytes = yield* readAll(reader);
      yield* call.write(call.has('c') ? lastBytes(call, bytes) : lastLines(call, bytes));
      if (path !== '-') sizes.set(path, bytes.length);
    }
    if (call.has('f') || call.has('F')) yield* follow(call, sizes);
    return 0;
  },
};

const isDevice = (call: Call, path: string) =>
  path !== '-' && call.has('f') && call.context.fs.stat(call.path(path)).kind === 'device';

function lastBytes(call: Call, bytes: Uint8Array): Uint8Array {
  const { value, fromStart } = count(call, 'c');
  return fromStart ? bytes.subarray(Math.max(0, value - 1)) : bytes.subarray(Math.max(0, bytes.length - value));
}

function lastLines(call: Call, bytes: Uint8Array): Uint8Array {
  const { value, fromStart } = count(call, 'n');
  const lines = decode(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return encode((fromStart ? lines.slice(Math.max(0, value - 1)) : value === 0 ? [] : lines.slice(-value)).join(''));
}

/** Looks at the files once a second, for ever. */
function* follow(call: Call, sizes: Map<string, number>): Process<void> {
  const { fs } = call.context;
  let shown = [...sizes.keys()].at(-1);
  for (;;) {
    yield* sleep(1000);
    for (const [path, size] of sizes) {
      const file = call.path(path);
      if (!fs.exists(file)) continue;
      const content = fs.readFile(file);
      if (content.length === size) continue;
      if (sizes.size > 1 && shown !== path) yield* call.out(`\n==> ${path} <==\n`);
      shown = path;
      yield* call.write(content.length > size ? content.subarray(size) : content);
      sizes.set(path, content.length);
    }
  }
}
