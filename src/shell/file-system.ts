/** A file system as programs see it. Paths are absolute and use `/`; calls do not wait. */

export type FileSystemErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'ENOTEMPTY'
  | 'EACCES'
  | 'EROFS'
  | 'ELOOP'
  | 'ENOSPC'
  | 'EINVAL'
  | 'EXDEV'
  | 'EBUSY'
  | 'EPERM';

/** What a file operation failed with; the message ends in the words of the code, such as `No such file or directory`. */
export class FileSystemError extends Error {
  override readonly name = 'FileSystemError';
  readonly code: FileSystemErrorCode;
  readonly path: string;
  constructor(code: FileSystemErrorCode, path: string) {
    // Programs look for files that are not there all the time: nobody reads these stacks, and taking one costs ten times the look-up.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${errorTexts[code]}: ${path}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.path = path;
  }
}

/** What strerror(3) says. */
export const errorTexts: Readonly<Record<FileSystemErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
  EINVAL: 'Invalid argument',
  EXDEV: 'Invalid cross-device link',
  EBUSY: 'Device or resource busy',
  EPERM: 'Operation not permitted',
};

/** Files that stand for something else. */
export type DeviceType = 'character' | 'block' | 'socket' | 'fifo';

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'device';
  /** Of what sort, when it is a device or like one. */
  readonly device?: DeviceType;
  /** Permission bits, with setuid, setgid and sticky: 0o1777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export interface FileSystem {
  /** Follows symbolic links. @throws FileSystemError */
  stat(path: string): FileStat;
  lstat(path: string): FileStat;
  exists(path: string): boolean;
  /** Names, sorted. */
  readdir(path: string): readonly string[];
  readFile(path: string): Uint8Array;
  /** Creates or replaces. */
  writeFile(path: string, content: Uint8Array, options?: { readonly mode?: number; readonly append?: boolean }): void;
  mkdir(path: string, options?: { readonly parents?: boolean; readonly mode?: number }): void;
  /** A file, link or empty directory. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  utimes(path: string, mtimeMs: number): void;
  /** The absolute path without symbolic links. */
  realpath(path: string): string;
  /** Mounted file systems, longest path first: `{path, type, readOnly}`. */
  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[];
}
