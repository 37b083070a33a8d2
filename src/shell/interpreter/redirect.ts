/** Redirections: the descriptors of a command from those of the shell. */
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { openReader, openWriter } from '../files.ts';
import { absolutePath } from '../path.ts';
import { BufferedReader, BytesReader } from '../streams.ts';
import { encode } from '../text.ts';
import type { Redirection } from './ast.ts';
import { type ExpansionHost, expandString } from './expand.ts';
import { InnerContext } from './inner-context.ts';
import { type Descriptor, type Descriptors, ShellError, type ShellState, type Streams } from './state.ts';

/** A redirection that failed: the command does not run. */
export class RedirectionError extends ShellError {}

/** @throws RedirectionError */
export function* applyRedirections(
  host: ExpansionHost,
  redirections: readonly Redirection[],
  descriptors: Descriptors,
): Process<Descriptors> {
  if (redirections.length === 0) return descriptors;
  const result = new Map(descriptors);
  for (const redirection of redirections) {
    const target = yield* expandString(host, redirection.target);
    applyOne(host.state, redirection, target, result);
  }
  return result;
}

function applyOne(
  state: ShellState,
  redirection: Redirection,
  target: string,
  descriptors: Map<number, Descriptor>,
): void {
  const { fd, operator } = redirection;
  switch (operator) {
    case '<<':
      descriptors.set(fd, readerOf(encode(target)));
      return;
    case '<<<':
      descriptors.set(fd, readerOf(encode(`${target}\n`)));
      return;
    case '<&':
      duplicate(fd, target, descriptors);
      return;
    case '>&':
      if (fd !== 1 || /^(\d+|-)$/.test(target)) return duplicate(fd, target, descriptors);
      break;
    case '<':
      descriptors.set(fd, openInput(state, target, descriptors));
      return;
    case '<>':
      if (!state.context.fs.exists(absolutePath(state.context.cwd, target)))
        openOutput(state, target, false, descriptors);
      descriptors.set(fd, {
        ...openInput(state, target, descriptors),
        ...openOutput(state, target, true, descriptors),
      });
      return;
    default:
  }
  const append = operator === '>>' || operator === '&>>';
  checkClobber(state, operator, target);
  const opened = openOutput(state, target, append, descriptors);
  descriptors.set(fd, opened);
  if (operator === '>&' || operator === '&>' || operator === '&>>') {
    descriptors.set(1, opened);
    descriptors.set(2, opened);
  }
}

const readerOf = (bytes: Uint8Array): Descriptor => ({ reader: new BufferedReader(new BytesReader(bytes)) });

function duplicate(fd: number, target: string, descriptors: Map<number, Descriptor>): void {
  if (target === '-') {
    descriptors.delete(fd);
    return;
  }
  const source = descriptors.get(Number(target));
  if (!source) throw new RedirectionError(`${target}: Bad file descriptor`, 1);
  descriptors.set(fd, source);
}

function checkClobber(state: ShellState, operator: string, target: string): void {
  if (operator !== '>' || !state.options.has('C')) return;
  const path = absolutePath(state.context.cwd, target);
  if (!state.context.fs.exists(path) || state.context.fs.stat(path).kind === 'device') return;
  throw new RedirectionError(
    state.flavour === 'bash' ? `${target}: cannot overwrite existing file` : `can't create ${target}: File exists`,
    1,
  );
}

/** The streams that the descriptors give a command. */
export function streamsOf(descriptors: Descriptors): Streams {
  return {
    stdin: descriptors.get(0)?.reader ?? new BytesReader(new Uint8Array(0)),
    stdout: descriptors.get(1)?.writer ?? closedWriter,
    stderr: descriptors.get(2)?.writer ?? closedWriter,
  };
}

const closedWriter = {
  *write(): Process<void> {
    throw new ShellError('write error: Bad file descriptor', 1);
  },
  close(): void {},
};

function openInput(state: ShellState, path: string, descriptors: Descriptors): Descriptor {
  const fd = /^\/dev\/fd\/(\d+)$/.exec(path)?.[1];
  const open = fd === undefined ? undefined : descriptors.get(Number(fd));
  if (open) return open;
  try {
    if (state.context.fs.exists(absolutePath(state.context.cwd, path))) {
      const { kind } = state.context.fs.stat(absolutePath(state.context.cwd, path));
      if (kind === 'directory') throw new FileSystemError('EISDIR', path);
    }
    const reader = openReader(new InnerContext(state.context, [], new Map(), streamsOf(descriptors)), path);
    return { reader: reader instanceof BufferedReader ? reader : new BufferedReader(reader) };
  } catch (error) {
    throw redirectionError(state, error, path, false);
  }
}

function openOutput(state: ShellState, path: string, append: boolean, descriptors: Descriptors): Descriptor {
  try {
    const context = new InnerContext(state.context, [], new Map(), streamsOf(descriptors));
    return { writer: openWriter(context, path, { append, mode: 0o666 & ~state.umask }) };
  } catch (error) {
    throw redirectionError(state, error, path, true);
  }
}

function redirectionError(state: ShellState, error: unknown, path: string, create: boolean): unknown {
  if (!(error instanceof FileSystemError)) return error;
  const text = error.message.slice(0, error.message.lastIndexOf(': '));
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  if (state.flavour === 'bash') return new RedirectionError(`${path}: ${text}`, 1);
  if (state.flavour === 'dash') {
    const reason = missing ? (create ? 'Directory nonexistent' : 'No such file') : text;
    return new RedirectionError(`cannot ${create ? 'create' : 'open'} ${path}: ${reason}`, 2);
  }
  const reason = missing ? (create ? 'nonexistent directory' : 'no such file') : text;
  return new RedirectionError(`can't ${create ? 'create' : 'open'} ${path}: ${reason}`, 1);
}
