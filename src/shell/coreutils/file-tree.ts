import type { FileSystem } from '../file-system.ts';
import { FileSystemError } from '../file-system.ts';
import { joinPath } from '../path.ts';

/** Removes a file or a whole directory. @throws FileSystemError */
export function removeTree(fs: FileSystem, path: string): void {
  if (fs.lstat(path).kind === 'directory') for (const name of fs.readdir(path)) removeTree(fs, joinPath(path, name));
  fs.remove(path);
}

export interface CopyOptions {
  /** Keeps modes, owners and times. */
  readonly preserve?: boolean;
  /** Keeps symbolic links as links. */
  readonly keepLinks?: boolean;
}

/** Copies a file or a whole directory. @throws FileSystemError */
export function copyTree(fs: FileSystem, from: string, to: string, options: CopyOptions): void {
  const stat = options.keepLinks ? fs.lstat(from) : fs.stat(from);
  if (stat.kind === 'symlink') {
    if (fs.exists(to)) fs.remove(to);
    fs.symlink(fs.readlink(from), to);
    return;
  }
  if (stat.kind === 'directory') {
    if (to.startsWith(`${from}/`)) throw new FileSystemError('EINVAL', to);
    if (!fs.exists(to)) fs.mkdir(to, { mode: stat.mode });
    for (const name of fs.readdir(from)) copyTree(fs, joinPath(from, name), joinPath(to, name), options);
  } else fs.writeFile(to, fs.readFile(from), { mode: stat.mode & 0o7777 });
  if (!options.preserve) return;
  fs.chmod(to, stat.mode);
  try {
    fs.chown(to, stat.uid, stat.gid);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
  }
  fs.utimes(to, stat.mtimeMs);
}
