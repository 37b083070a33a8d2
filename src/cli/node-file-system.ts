import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { type FileStat, type FileSystem, FileSystemError, type FileSystemErrorCode } from '../shell/file-system.ts';

/** The file system of this machine as programs of the shell see one. */
export class NodeFileSystem implements FileSystem {
  stat(path: string): FileStat {
    return this.#try(path, () => toStat(fs.statSync(path)));
  }
  lstat(path: string): FileStat {
    return this.#try(path, () => toStat(fs.lstatSync(path)));
  }
  exists(path: string): boolean {
    return fs.existsSync(path);
  }
  readdir(path: string): readonly string[] {
    return this.#try(path, () => fs.readdirSync(path).toSorted());
  }
  readFile(path: string): Uint8Array {
    return this.#try(path, () => fs.readFileSync(path));
  }
  writeFile(
    path: string,
    content: Uint8Array,
    options: { readonly mode?: number; readonly append?: boolean } = {},
  ): void {
    this.#try(path, () => {
      fs.writeFileSync(path, content, { mode: options.mode ?? 0o644, flag: options.append ? 'a' : 'w' });
    });
  }
  mkdir(path: string, options: { readonly parents?: boolean; readonly mode?: number } = {}): void {
    this.#try(path, () => {
      fs.mkdirSync(path, { recursive: options.parents ?? false, mode: options.mode ?? 0o755 });
    });
  }
  remove(path: string): void {
    this.#try(path, () => (fs.lstatSync(path).isDirectory() ? fs.rmdirSync(path) : fs.unlinkSync(path)));
  }
  rename(from: string, to: string): void {
    this.#try(from, () => fs.renameSync(from, to));
  }
  symlink(target: string, path: string): void {
    this.#try(path, () => fs.symlinkSync(target, path));
  }
  readlink(path: string): string {
    return this.#try(path, () => fs.readlinkSync(path));
  }
  chmod(path: string, mode: number): void {
    this.#try(path, () => fs.chmodSync(path, mode));
  }
  chown(path: string, uid: number, gid: number): void {
    this.#try(path, () => fs.chownSync(path, uid, gid));
  }
  utimes(path: string, mtimeMs: number): void {
    this.#try(path, () => fs.utimesSync(path, mtimeMs / 1000, mtimeMs / 1000));
  }
  realpath(path: string): string {
    return this.#try(path, () => fs.realpathSync(path));
  }
  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[] {
    return [{ path: dirname('/x'), type: 'host', readOnly: false }];
  }

  #try<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      throw new FileSystemError(typeof code === 'string' ? (code as FileSystemErrorCode) : 'EINVAL', path);
    }
  }
}

function toStat(stat: fs.Stats): FileStat {
  const kind = stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : stat.isFile() ? 'file' : 'device';
  const { mode, uid, gid, size, mtimeMs, ino } = stat;
  return { kind, mode: mode & 0o7777, uid, gid, size, mtimeMs, inode: ino };
}
