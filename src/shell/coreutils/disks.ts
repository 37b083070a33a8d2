/** `df`, `du`, `dd`. */
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { openReader, openWriter } from '../files.ts';
import { MemoryFileSystem } from '../memory-file-system.ts';
import { joinPath } from '../path.ts';
import { writeText } from '../streams.ts';
import { humanSize } from './file-mode.ts';
import { type Call, parseSize, type Utility } from './utility.ts';

export const df: Utility = {
  names: ['df'],
  summary: 'Print filesystem usage statistics',
  usage: '[-PkmhTai] [FILESYSTEM]...',
  options: 'PkmhTaiB:',
  *run(call) {
    const total = 62_725_623_808;
    const used = 9_876_543_488;
    const cell = (bytes: number) =>
      (call.has('h') ? humanSize(bytes) : String(Math.round(bytes / (call.has('m') ? 1_048_576 : 1024)))).padStart(10);
    const { fs } = call.context;
    const all = [...fs.mounts()].reverse();
    const wanted = call.args.map((path) => {
      const real = fs.realpath(call.path(path));
      return fs
        .mounts()
        .find((mount) => real === mount.path || real.startsWith(mount.path === '/' ? '/' : `${mount.path}/`));
    });
    let text = `Filesystem           ${call.has('T') ? 'Type       ' : ''}${call.has('h') ? '     Size' : call.has('m') ? '1M-blocks' : '1K-blocks'}      Used Available Use% Mounted on\n`;
    for (const mount of call.args.length > 0 ? wanted : all) {
      if (!mount || mount.type === 'proc' || mount.type === 'sysfs') continue;
      const memory = mount.type === 'tmpfs';
      const space = fs instanceof MemoryFileSystem ? fs.space(mount.path) : undefined;
      const [size, taken] =
        space && Number.isFinite(space.limitBytes)
          ? [space.limitBytes, space.usedBytes]
          : memory
            ? [8_222_126_080, 12_288]
            : [total, used];
      text += `${(memory ? 'tmpfs' : mount.type === 'overlay' ? 'overlay' : '/dev/sda1').padEnd(20)} ${call.has('T') ? mount.type.padEnd(10) : ''}${cell(size)}${cell(taken)}${cell(size - taken)} ${`${Math.ceil((taken / size) * 100)}%`.padStart(4)} ${mount.path}\n`;
    }
    yield* call.out(text);
    return 0;
  },
};

export const du: Utility = {
  names: ['du'],
  summary: 'Summarize disk space used for each FILE and/or directory',
  usage: '[-aHLdclsxhmk] [FILE]...',
  options: 'aHLd:clsxhmkb',
  *run(call) {
    const limit = call.has('s') ? 0 : call.number('d', Number.POSITIVE_INFINITY);
    const show = (bytes: number, path: string) => {
      const text = call.has('h')
        ? humanSize(bytes)
        : call.has('b')
          ? String(bytes)
          : String(Math.ceil(bytes / (call.has('m') ? 1_048_576 : 1024)));
      return call.out(`${text}\t${path}\n`);
    };
    let total = 0;
    for (const path of call.args.length === 0 ? ['.'] : call.args) {
      try {
        total += yield* measure(call, path, 0, limit, show);
      } catch (error) {
        yield* call.fileError(path, error);
      }
    }
    if (call.has('c')) yield* show(total, 'total');
    return 0;
  },
};

function* measure(
  call: Call,
  path: string,
  depth: number,
  limit: number,
  show: (bytes: number, path: string) => Process<void>,
): Process<number> {
  const { fs } = call.context;
  const stat = fs.lstat(call.path(path));
  let bytes = call.has('b') ? stat.size : Math.ceil(stat.size / 4096) * 4096;
  if (stat.kind === 'directory') {
    for (const name of fs.readdir(call.path(path))) {
      try {
        bytes += yield* measure(call, joinPath(path, name), depth + 1, limit, show);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
      }
    }
  }
  if (depth <= limit && (stat.kind === 'directory' || depth === 0 || call.has('a'))) yield* show(bytes, path);
  return bytes;
}

export const dd: Utility = {
  names: ['dd'],
  summary: 'Copy a file with converting and formatting',
  usage: '[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N]',
  *run(call) {
    const operands = new Map(
      call.args.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
    );
    const input = operands.get('if');
    const output = operands.get('of');
    const size = parseSize(operands.get('bs') ?? '512') ?? 512;
    const count = operands.has('count') ? (parseSize(operands.get('count') ?? '') ?? 0) : Number.POSITIVE_INFINITY;
    const reader = input === undefined ? call.context.stdin : openReader(call.context, input);
    const writer = output === undefined ? call.context.stdout : openWriter(call.context, output);
    const startedAt = call.context.now();
    let [blocks, partial, bytes] = [0, 0, 0];
    for (let skip = Number(operands.get('skip') ?? 0); skip > 0; skip--) yield* reader.read(size);
    for (; blocks + partial < count; ) {
      const block = yield* reader.read(size);
      if (!block) break;
      if (block.length === size) blocks++;
      else partial++;
      bytes += block.length;
      yield* writer.write(block);
    }
    const seconds = Math.max(0.000_001, (call.context.now() - startedAt) / 1000);
    yield* writeText(
      call.context.stderr,
      `${blocks}+${partial} records in\n${blocks}+${partial} records out\n${bytes} bytes (${humanSize(bytes)}B) copied, ${seconds.toFixed(6)} seconds, ${humanSize(Math.round(bytes / seconds))}B/s\n`,
    );
    return 0;
  },
};
