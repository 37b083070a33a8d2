/**
 * The file system of a container, a node or the page's terminal: in memory, over a shared image layer, with mounts.
 *
 * A tree of inodes. A root over a `Layer` copies a file up when it is first written, so a thousand containers of one image share
 * its files. `mount` binds a subtree of another file system (emptyDir, hostPath, ConfigMap) or a synthetic directory (`/proc`);
 * as in the kernel, a bind keeps the inode it found. `as(user)` gives the same tree with that user's permissions.
 */
import type { Credentials } from './context.ts';
import { type DeviceType, type FileStat, type FileSystem, FileSystemError } from './file-system.ts';
import { DirectoryNode, fileNode, lazyFile, type FileNode, type Inode, type Layer } from './inode.ts';
import { joined, type Mount, MountTable } from './mount-table.ts';
import { encode } from './text.ts';

interface Tree {
  readonly rootMount: Mount;
  readonly mounts: MountTable;
  /** What ends the propagation of mounts from and to other trees. */
  readonly releases: (() => void)[];
  readonly now: () => number;
  nextInode: number;
}

/** Where a path leads. */
interface Found {
  /** Without symbolic links. */
  readonly path: string;
  readonly name: string;
  readonly parent: DirectoryNode | undefined;
  readonly node: Inode | undefined;
  readonly mount: Mount;
}

export interface FileSystemOptions {
  /** Milliseconds since the Unix epoch, for modification times. */
  readonly now: () => number;
  readonly layer?: Layer;
  /** `overlay`, `tmpfs`, `ext4` …; `overlay` by default. */
  readonly type?: string;
  readonly readOnly?: boolean;
  readonly limitBytes?: number;
}

export interface MountOptions {
  readonly readOnly?: boolean;
  /** What `mount` shows; by default the type of the mounted file system. */
  readonly type?: string;
  /** A directory or file inside the mounted file system. @throws FileSystemError ENOENT when it is missing */
  readonly subPath?: string;
  /** Whether later mounts inside the source appear here (`HostToContainer`), and those made here there too (`Bidirectional`). */
  readonly propagation?: 'None' | 'HostToContainer' | 'Bidirectional';
}

const superuser: Credentials = { uid: 0, gid: 0, groups: [0], name: 'root' };

/** Makes an empty file system, or one over a layer, as root sees it. */
export function createFileSystem(options: FileSystemOptions): MemoryFileSystem {
  const attributes = { inode: 2, mode: 0o755, uid: 0, gid: 0, mtimeMs: options.now() };
  const lower = options.layer?.root;
  const root = new DirectoryNode(lower ?? attributes, lower ? { lower } : {});
  const rootMount: Mount = {
    path: '/',
    root,
    type: options.type ?? 'overlay',
    readOnly: options.readOnly ?? false,
    space: { usedBytes: 0, limitBytes: options.limitBytes ?? Number.POSITIVE_INFINITY },
  };
  return new MemoryFileSystem(
    { rootMount, mounts: new MountTable(), releases: [], now: options.now, nextInode: 1000 },
    superuser,
  );
}

/** One tree as one user sees it. Times are those of the injected clock. */
export class MemoryFileSystem implements FileSystem {
  readonly #tree: Tree;
  readonly #user: Credentials;

  constructor(tree: Tree, user: Credentials) {
    this.#tree = tree;
    this.#user = user;
  }

  /** The same files with another user's permissions. */
  as(user: Credentials): MemoryFileSystem {
    return user.uid === this.#user.uid && user.gid === this.#user.gid && user.groups === this.#user.groups
      ? this
      : new MemoryFileSystem(this.#tree, user);
  }

  /** Bytes written into this file system itself, without mounts and layers. */
  get usedBytes(): number {
    return this.#tree.rootMount.space.usedBytes;
  }

  /** Mounts (part of) another file system, or a synthetic node; makes the mount point when it is missing. */
  mount(path: string, source: MemoryFileSystem | Inode, options: MountOptions = {}): void {
    const found = source instanceof MemoryFileSystem ? source.#find(options.subPath ?? '/', true) : undefined;
    const root = source instanceof MemoryFileSystem ? found?.node : source;
    if (!root) throw new FileSystemError('ENOENT', options.subPath ?? path);
    const at = this.#mountPoint(path, root.kind === 'directory');
    const { mounts, releases } = this.#tree;
    mounts.add({
      path: at,
      root,
      type: options.type ?? found?.mount.type ?? 'tmpfs',
      readOnly: (options.readOnly ?? false) || (found?.mount.readOnly ?? false),
      space: found?.mount.space ?? { usedBytes: 0, limitBytes: Number.POSITIVE_INFINITY },
    });
    if (!(source instanceof MemoryFileSystem) || !found) return;
    const other = source.#tree.mounts;
    const inside = other.beneath(found.path).filter(([, mount]) => other !== mounts || !mount.path.startsWith(at));
    for (const [rest, mount] of inside) mounts.add({ ...mount, path: joined(at, rest) });
    const { propagation = 'None' } = options;
    if (propagation !== 'None') releases.push(other.propagate(found.path, mounts, at));
    if (propagation === 'Bidirectional') releases.push(mounts.propagate(at, other, found.path));
  }
  /** Gives false when nothing is mounted there. */
  unmount(path: string): boolean {
    return this.#tree.mounts.remove(this.#find(path, true).path);
  }
  /** Nobody uses this tree any more: mounts elsewhere are none of its business. */
  release(): void {
    for (const end of this.#tree.releases.splice(0)) end();
  }
  /** The same files with another root, as chroot(2); mounts are those of now. @throws FileSystemError ENOENT, ENOTDIR */
  chroot(path: string): MemoryFileSystem {
    const found = this.#existing(path, true);
    if (found.node.kind !== 'directory') throw new FileSystemError('ENOTDIR', path);
    if (found.path === '/') return this;
    const mounts = new MountTable();
    for (const [rest, mount] of this.#tree.mounts.beneath(found.path)) mounts.add({ ...mount, path: rest });
    const rootMount = { ...found.mount, path: '/', root: found.node };
    const { now, nextInode } = this.#tree;
    return new MemoryFileSystem({ rootMount, mounts, releases: [], now, nextInode: nextInode + 1_000_000 }, this.#user);
  }
  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[] {
    const all = [...this.#tree.mounts.values(), this.#tree.rootMount];
    return all
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ path, type, readOnly }) => ({ path, type, readOnly }));
  }
  /** Size and use in bytes of the file system that holds a path. */
  space(path: string): { readonly usedBytes: number; readonly limitBytes: number } {
    return this.#find(path, true).mount.space;
  }

  stat(path: string): FileStat {
    return statOf(this.#existing(path, true).node);
  }
  lstat(path: string): FileStat {
    return statOf(this.#existing(path, false).node);
  }
  exists(path: string): boolean {
    try {
      const found = this.#walk(path, true);
      return typeof found !== 'string' && found.node !== undefined;
    } catch {
      return false;
    }
  }
  realpath(path: string): string {
    return this.#existing(path, true).path;
  }
  readdir(path: string): readonly string[] {
    const { node } = this.#existing(path, true);
    if (!(node instanceof DirectoryNode)) throw new FileSystemError('ENOTDIR', path);
    this.#allow(node, 4, path);
    return node.names();
  }
  readFile(path: string): Uint8Array {
    const { node } = this.#existing(path, true);
    if (node.kind === 'directory') throw new FileSystemError('EISDIR', path);
    this.#allow(node, 4, path);
    if (node.kind !== 'file') return new Uint8Array(0);
    return node.generate ? encode(node.generate()) : node.bytes.subarray(0, node.size);
  }
  readlink(path: string): string {
    const { node } = this.#existing(path, false);
    if (node.kind !== 'symlink') throw new FileSystemError('EINVAL', path);
    return node.target;
  }
  /** Whether the user may read (4), write (2) or execute (1). */
  access(path: string, wanted: 1 | 2 | 4): boolean {
    const found = this.#find(path, true);
    if (!found.node) return false;
    if (wanted === 2 && found.mount.readOnly) return false;
    if (wanted === 1 && found.node.kind === 'file') return permits(found.node, this.#user, 1);
    return this.#user.uid === 0 || permits(found.node, this.#user, wanted);
  }

  writeFile(
    path: string,
    content: Uint8Array,
    options: { readonly mode?: number; readonly append?: boolean } = {},
  ): void {
    const found = this.#find(path, true);
    if (found.node?.kind === 'directory') throw new FileSystemError('EISDIR', path);
    if (found.node?.kind === 'device') return;
    const file = found.node ? this.#openForWriting(found, path) : this.#createFile(found, path, options.mode ?? 0o644);
    const size = options.append ? file.size + content.length : content.length;
    this.#charge(found.mount, size - file.size, path);
    if (options.append) appendBytes(file, content);
    else file.bytes = content;
    file.size = size;
    file.mtimeMs = this.#tree.now();
  }
  /** Creates a file whose content is made when somebody looks: for what is dear to make and seldom read. @throws FileSystemError EEXIST */
  writeLazily(path: string, make: () => Uint8Array, mode = 0o644): void {
    const found = this.#find(path, true);
    if (found.node) throw new FileSystemError('EEXIST', path);
    this.#add(found, path, lazyFile(this.#attributes(mode), make));
  }
  mkdir(path: string, options: { readonly parents?: boolean; readonly mode?: number } = {}): void {
    if (options.parents) return this.#makePath(path, options.mode);
    const found = this.#find(path, true);
    if (found.node) throw new FileSystemError('EEXIST', path);
    this.#add(found, path, new DirectoryNode(this.#attributes(options.mode ?? 0o755)));
  }
  symlink(target: string, path: string): void {
    const found = this.#find(path, false);
    if (found.node) throw new FileSystemError('EEXIST', path);
    this.#add(found, path, Object.assign(this.#attributes(0o777), { kind: 'symlink' as const, target }));
  }
  remove(path: string): void {
    const found = this.#existing(path, false);
    if (!found.parent || this.#tree.mounts.has(found.path)) throw new FileSystemError('EBUSY', path);
    this.#allowChange(found, path);
    if (found.node instanceof DirectoryNode && found.node.names().length > 0) {
      throw new FileSystemError('ENOTEMPTY', path);
    }
    if (found.node.kind === 'file' && !found.node.shared) this.#charge(found.mount, -found.node.size, path);
    found.parent.delete(found.name);
    found.parent.mtimeMs = this.#tree.now();
  }
  rename(from: string, to: string): void {
    const source = this.#existing(from, false);
    const target = this.#find(to, false);
    if (source.path === target.path) return;
    if (!source.parent || this.#tree.mounts.has(source.path)) throw new FileSystemError('EBUSY', from);
    if (!target.parent || this.#tree.mounts.has(target.path)) throw new FileSystemError('EBUSY', to);
    if (source.mount !== target.mount) throw new FileSystemError('EXDEV', to);
    this.#allowChange(source, from);
    this.#allowChange(target, to);
    if (target.path.startsWith(`${source.path}/`)) throw new FileSystemError('EINVAL', to);
    checkReplace(source.node, target.node, to);
    if (target.node?.kind === 'file' && !target.node.shared) this.#charge(target.mount, -target.node.size, to);
    source.parent.delete(source.name);
    target.parent.set(target.name, source.node);
  }
  chmod(path: string, mode: number): void {
    this.#owned(path).mode = mode & 0o7777;
  }
  chown(path: string, uid: number, gid: number): void {
    const node = this.#owned(path);
    if (this.#user.uid !== 0 && uid !== node.uid) throw new FileSystemError('EPERM', path);
    node.uid = uid;
    node.gid = gid;
  }
  utimes(path: string, mtimeMs: number): void {
    this.#owned(path).mtimeMs = mtimeMs;
  }
  /** Puts a device node (`/dev/null`); openers give it its meaning. */
  mknod(path: string, mode = 0o666, device?: DeviceType): void {
    this.#makePath(path.slice(0, path.lastIndexOf('/')) || '/');
    const found = this.#find(path, false);
    found.parent?.set(found.name, { ...this.#attributes(mode), kind: 'device', ...(device ? { device } : {}) });
  }

  #existing(path: string, follow: boolean): Found & { readonly node: Inode } {
    const found = this.#find(path, follow);
    if (!found.node) throw new FileSystemError('ENOENT', path);
    return found as Found & { readonly node: Inode };
  }

  /** Walks a path. @throws ENOENT for a missing directory on the way, ENOTDIR, EACCES, ELOOP */
  #find(path: string, follow: boolean): Found {
    const found = this.#walk(path, follow);
    if (typeof found === 'string') throw new FileSystemError(found, path);
    return found;
  }

  /** Walks a path; gives the error's code where it cannot go on, as to throw is dear. @throws EACCES */
  #walk(path: string, follow: boolean): Found | 'ENOENT' | 'ENOTDIR' | 'ELOOP' {
    const { rootMount, mounts } = this.#tree;
    let links = 0;
    let parts = path.split('/');
    let at = '/';
    let name = '';
    let mount = rootMount;
    let parent: DirectoryNode | undefined;
    let node: Inode | undefined = rootMount.root;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string;
      if (part === '' || part === '.') continue;
      let fromRoot = part === '..';
      if (fromRoot) parts = [...at.split('/').slice(0, -1), ...parts.slice(i + 1)];
      else {
        if (!node) return 'ENOENT';
        if (!(node instanceof DirectoryNode)) return 'ENOTDIR';
        if (this.#user.uid !== 0) this.#allow(node, 1, path);
        const mounted = mounts.within(at, part);
        const next: Inode | undefined = mounted ? mounted.root : node.get(part);
        if (next?.kind !== 'symlink' || !(follow || leadsOn(parts, i + 1))) {
          at = at === '/' ? `/${part}` : `${at}/${part}`;
          name = part;
          parent = node;
          node = next;
          mount = mounted ?? mount;
          continue;
        }
        if (++links > 40) return 'ELOOP';
        parts = [...next.target.split('/'), ...parts.slice(i + 1)];
        fromRoot = next.target.startsWith('/');
      }
      i = -1;
      if (!fromRoot) continue;
      at = '/';
      name = '';
      mount = rootMount;
      parent = undefined;
      node = rootMount.root;
    }
    return { path: at, name, parent, node, mount };
  }

  #attributes(mode: number) {
    const { uid, gid } = this.#user;
    return { inode: this.#tree.nextInode++, mode, uid, gid, mtimeMs: this.#tree.now() };
  }
  #createFile(found: Found, path: string, mode: number): FileNode {
    const file = fileNode(this.#attributes(mode), new Uint8Array(0), false);
    this.#add(found, path, file);
    return file;
  }
  #add(found: Found, path: string, node: Inode): void {
    if (!found.parent) throw new FileSystemError('EEXIST', path);
    this.#allowChange(found, path);
    if ((found.parent.mode & 0o2000) !== 0) node.gid = found.parent.gid;
    found.parent.set(found.name, node);
    found.parent.mtimeMs = this.#tree.now();
  }
  #openForWriting(found: Found, path: string): FileNode {
    const node = found.node as FileNode;
    if (found.mount.readOnly) throw new FileSystemError('EROFS', path);
    this.#allow(node, 2, path);
    if (node.generate) throw new FileSystemError('EACCES', path);
    return node.shared ? this.#copyUp(found, node) : node;
  }
  /** A file of a layer becomes this container's own before it changes. */
  #copyUp(found: Found, node: FileNode): FileNode {
    const own = { ...node, shared: false, bytes: node.bytes.subarray(0, node.size) };
    found.parent?.set(found.name, own);
    found.mount.space.usedBytes += own.size;
    return own;
  }
  /** The node, when the user may change its attributes. */
  #owned(path: string): Inode {
    const found = this.#existing(path, true);
    if (found.mount.readOnly) throw new FileSystemError('EROFS', path);
    if (this.#user.uid !== 0 && this.#user.uid !== found.node.uid) throw new FileSystemError('EPERM', path);
    return found.node.kind === 'file' && found.node.shared ? this.#copyUp(found, found.node) : found.node;
  }
  #makePath(path: string, mode?: number): void {
    let at = '';
    const parts = path.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      at += `/${part}`;
      const found = this.#find(at, true);
      if (found.node?.kind === 'directory') continue;
      if (found.node) throw new FileSystemError(index === parts.length - 1 ? 'EEXIST' : 'ENOTDIR', at);
      this.#add(
        found,
        at,
        new DirectoryNode(this.#attributes((index === parts.length - 1 ? mode : undefined) ?? 0o755)),
      );
    }
  }
  #mountPoint(path: string, directory: boolean): string {
    const existing = this.exists(path) ? this.#find(path, true) : undefined;
    if (existing?.node) return existing.path;
    const slash = path.lastIndexOf('/');
    const at = this.#place(directory ? path : path.slice(0, slash) || '/');
    if (directory) return at.path;
    const name = path.slice(slash + 1);
    (at.node as DirectoryNode).set(name, fileNode(this.#attributes(0o644), new Uint8Array(0), false));
    return at.path === '/' ? `/${name}` : `${at.path}/${name}`;
  }
  /** Makes a directory for a mount, whatever the mount flags and permissions say. */
  #place(path: string): Found {
    let at = '';
    for (const part of path.split('/')) {
      if (part === '') continue;
      at += `/${part}`;
      const found = this.#find(at, true);
      if (!found.node) found.parent?.set(found.name, new DirectoryNode({ ...this.#attributes(0o755), uid: 0, gid: 0 }));
    }
    return this.#find(path, true);
  }
  #charge(mount: Mount, bytes: number, path: string): void {
    if (bytes > 0 && mount.space.usedBytes + bytes > mount.space.limitBytes) throw new FileSystemError('ENOSPC', path);
    mount.space.usedBytes += bytes;
  }
  #allow(node: Inode, wanted: 1 | 2 | 4, path: string): void {
    if (this.#user.uid !== 0 && !permits(node, this.#user, wanted)) throw new FileSystemError('EACCES', path);
  }
  /** Whether names of the directory may be changed. */
  #allowChange(found: Found, path: string): void {
    const { parent } = found;
    const mount = this.#tree.mounts.get(found.path) ? this.#tree.rootMount : found.mount;
    if (mount.readOnly) throw new FileSystemError('EROFS', path);
    if (!parent) return;
    if (parent.synthetic) throw new FileSystemError('EPERM', path);
    this.#allow(parent, 2, path);
    const sticky = (parent.mode & 0o1000) !== 0 && this.#user.uid !== 0 && found.node !== undefined;
    if (sticky && found.node?.uid !== this.#user.uid && parent.uid !== this.#user.uid) {
      throw new FileSystemError('EPERM', path);
    }
  }
}

/** Whether a path has more to it from a part on. */
function leadsOn(parts: readonly string[], from: number): boolean {
  for (let i = from; i < parts.length; i++) if (parts[i] !== '') return true;
  return false;
}

function statOf(node: Inode): FileStat {
  const size =
    node.kind === 'file' ? node.size : node.kind === 'symlink' ? node.target.length : node.kind === 'device' ? 0 : 4096;
  const { mode, uid, gid, mtimeMs, inode, kind } = node;
  const stat: FileStat = { kind, mode, uid, gid, size, mtimeMs, inode };
  return node.kind === 'device' ? { ...stat, device: node.device ?? 'character' } : stat;
}

function permits(node: Inode, user: Credentials, wanted: number): boolean {
  if (user.uid === 0) return wanted !== 1 || node.kind === 'directory' || (node.mode & 0o111) !== 0;
  const member = user.gid === node.gid || user.groups.includes(node.gid);
  const bits = user.uid === node.uid ? node.mode >> 6 : member ? node.mode >> 3 : node.mode;
  return (bits & wanted) === wanted;
}

function checkReplace(source: Inode, target: Inode | undefined, path: string): void {
  if (!target) return;
  if (target instanceof DirectoryNode) {
    if (source.kind !== 'directory') throw new FileSystemError('EISDIR', path);
    if (target.names().length > 0) throw new FileSystemError('ENOTEMPTY', path);
  } else if (source.kind === 'directory') throw new FileSystemError('ENOTDIR', path);
}

/** Appends with room to grow, so that a log costs no copy a line. */
function appendBytes(file: FileNode, content: Uint8Array): void {
  const size = file.size + content.length;
  if (file.bytes.length < size || file.size === 0) {
    const grown = new Uint8Array(Math.max(size, Math.min(file.size * 2, file.size + 1_048_576)));
    grown.set(file.bytes.subarray(0, file.size));
    file.bytes = grown;
  }
  file.bytes.set(content, file.size);
}
