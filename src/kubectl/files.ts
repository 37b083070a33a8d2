import { concatBytes } from '../shell/text.ts';
import type { Reader } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import type { ProgramContext } from '../shell/context.ts';
import { FileSystemError } from '../shell/file-system.ts';
import { KubectlError } from './errors.ts';

/** A path as the process sees it, made absolute and plain. */
export function resolvePath(context: ProgramContext, path: string): string {
  const full = path.startsWith('/') ? path : `${context.cwd}/${path}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const goTexts: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
};

/** An error of the file system as Go words it: `open x: no such file or directory`. */
export function fileError(operation: string, path: string, error: unknown): Error {
  if (!(error instanceof FileSystemError)) return error instanceof Error ? error : new KubectlError(String(error));
  return new KubectlError(`${operation} ${path}: ${goTexts[error.code] ?? error.message}`);
}

/** @throws KubectlError `open x: no such file or directory` */
export function readFileBytes(context: ProgramContext, path: string): Uint8Array {
  try {
    return context.fs.readFile(resolvePath(context, path));
  } catch (error) {
    const isDirectory = error instanceof FileSystemError && error.code === 'EISDIR';
    throw fileError(isDirectory ? 'read' : 'open', path, error);
  }
}

/** The text of a file, by a path from the working directory. @throws FileSystemError */
export const readFileText = (context: ProgramContext, path: string): string =>
  new TextDecoder().decode(readFileBytes(context, path));

/** Writes a file; directories on the way are not made. @throws FileSystemError */
export function writeFileText(context: ProgramContext, path: string, text: string, mode = 0o644): void {
  const full = resolvePath(context, path);
  const directory = full.slice(0, full.lastIndexOf('/'));
  try {
    if (directory !== '' && !context.fs.exists(directory)) context.fs.mkdir(directory, { parents: true });
    context.fs.writeFile(full, new TextEncoder().encode(text), { mode });
  } catch (error) {
    throw fileError('open', path, error);
  }
}

export type PathKind = 'file' | 'directory' | 'none';

/** What a path leads to; `none` as well when that cannot be told. */
export function pathKind(context: ProgramContext, path: string): PathKind {
  try {
    return context.fs.stat(resolvePath(context, path)).kind === 'directory' ? 'directory' : 'file';
  } catch {
    return 'none';
  }
}

/** Everything there is to read on standard input. */
export function* readAll(reader: Reader): Process<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = yield* reader.read();
    if (chunk === undefined) break;
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}
