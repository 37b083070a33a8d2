import { sleep, type Process } from '../process/process.ts';
import type { Reader, Writer } from '../process/pipe.ts';
import type { ProgramContext } from './context.ts';
import { FileSystemError } from './file-system.ts';
import { absolutePath } from './path.ts';
import { BytesReader, NullWriter } from './streams.ts';

type Powers = Pick<ProgramContext, 'fs' | 'cwd' | 'stdin' | 'stdout' | 'stderr' | 'processes' | 'random' | 'pid'>;

/** Reads bytes that never end; takes a little time, so that a loop over it does not stop the clock. */
class EndlessReader implements Reader {
  readonly #next: () => number;
  constructor(next: () => number) {
    this.#next = next;
  }
  *read(max = 65_536): Process<Uint8Array | undefined> {
    if (max >= 4096) yield* sleep(Math.ceil(max / 1_048_576));
    const bytes = new Uint8Array(max);
    for (let i = 0; i < max; i++) bytes[i] = this.#next();
    return bytes;
  }
  close(): void {}
}

/** Appends to a file with each write. */
class FileWriter implements Writer {
  readonly #fs: ProgramContext['fs'];
  readonly #path: string;
  constructor(fs: ProgramContext['fs'], path: string) {
    this.#fs = fs;
    this.#path = path;
  }
  *write(bytes: Uint8Array): Process<void> {
    this.#fs.writeFile(this.#path, bytes, { append: true });
  }
  close(): void {}
}

const fdPattern = /^\/(?:dev|proc\/(?:self|(\d+)))\/fd\/(\d)$/;

/** The standard stream that a path such as `/dev/stderr` or `/proc/1/fd/1` stands for. */
function standardStream(
  context: Powers,
  path: string,
): { fd: number; of: Pick<Powers, 'stdin' | 'stdout' | 'stderr'> } | undefined {
  const named = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(path);
  if (named >= 0) return { fd: named, of: context };
  if (path === '/dev/tty' || path === '/dev/console') return { fd: 1, of: context };
  const match = fdPattern.exec(path);
  if (!match) return undefined;
  const of =
    match[1] === undefined || Number(match[1]) === context.pid ? context : context.processes.streams(Number(match[1]));
  if (!of) throw new FileSystemError('ENOENT', path);
  return { fd: Number(match[2]), of };
}

/** What opens a device for reading; undefined for what is no device. */
function deviceReader(context: Powers, path: string): Reader | undefined {
  if (path === '/dev/null') return new BytesReader(new Uint8Array(0));
  if (path === '/dev/zero' || path === '/dev/full') return new EndlessReader(() => 0);
  if (path === '/dev/urandom' || path === '/dev/random')
    return new EndlessReader(() => Math.floor(context.random() * 256));
  const stream = path === '/dev/tty' ? { fd: 0, of: context } : standardStream(context, path);
  return stream ? stream.of.stdin : undefined;
}

/** Opens a file or device for reading. @throws FileSystemError */
export function openReader(context: Powers, path: string): Reader {
  const absolute = absolutePath(context.cwd, path);
  const special = deviceReader(context, absolute);
  if (special) return special;
  if (context.fs.stat(absolute).kind === 'device') {
    const device = deviceReader(context, context.fs.realpath(absolute));
    if (device) return device;
  }
  return new BytesReader(context.fs.readFile(absolute));
}

export interface OpenOptions {
  readonly append?: boolean;
  readonly mode?: number;
}

function deviceWriter(context: Powers, path: string): Writer | undefined {
  if (path === '/dev/null' || path === '/dev/zero') return new NullWriter();
  if (path === '/dev/full') throw new FileSystemError('ENOSPC', path);
  const stream = standardStream(context, path);
  return stream && (stream.fd === 2 ? stream.of.stderr : stream.of.stdout);
}

/** Opens a file or device for writing; makes it, and empties it unless asked to append. @throws FileSystemError */
export function openWriter(context: Powers, path: string, options: OpenOptions = {}): Writer {
  const absolute = absolutePath(context.cwd, path);
  const special = deviceWriter(context, absolute);
  if (special) return special;
  if (context.fs.exists(absolute) && context.fs.stat(absolute).kind === 'device') {
    const device = deviceWriter(context, context.fs.realpath(absolute));
    if (device) return device;
  }
  const { append = false, mode = 0o644 } = options;
  context.fs.writeFile(absolute, new Uint8Array(0), { append, mode });
  return new FileWriter(context.fs, absolute);
}
