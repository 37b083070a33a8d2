import type { Sim } from '../../sim/sim.ts';
import type { MemoryFileSystem } from '../../../shell/memory-file-system.ts';

/** A file of a volume whose content the kubelet writes. */
export interface FileProjection {
  /** A function makes the content when somebody reads it. */
  readonly data: Uint8Array | (() => Uint8Array);
  readonly mode: number;
  /** Root by default. */
  readonly uid?: number;
}

export type Payload = ReadonlyMap<string, FileProjection>;

/**
 * Writes a set of files so that readers see all of the old or all of the new: into a directory of its own, to which `..data` is
 * then turned; the visible names are links through it.
 *
 * Upstream: pkg/volume/util/atomic_writer.go (v1.36)
 */
export class AtomicWriter {
  readonly #fs: MemoryFileSystem;
  readonly #sim: Sim;
  readonly #fsGroup: number | undefined;
  #payload: Payload | undefined;
  #directory: string | undefined;

  constructor(fs: MemoryFileSystem, sim: Sim, fsGroup: number | undefined) {
    this.#fs = fs;
    this.#sim = sim;
    this.#fsGroup = fsGroup;
    this.#giveDirectory('/');
  }

  /** Gives whether anything changed. */
  write(payload: Payload): boolean {
    if (this.#payload && samePayload(this.#payload, payload)) return false;
    const directory = this.#newDirectoryName();
    this.#fs.mkdir(`/${directory}`);
    this.#giveDirectory(`/${directory}`);
    for (const [path, file] of payload) this.#writeFile(`/${directory}/${path}`, file);
    this.#turnTo(directory);
    this.#linkVisibleNames(payload);
    if (this.#directory) removeTree(this.#fs, `/${this.#directory}`);
    this.#directory = directory;
    this.#payload = payload;
    return true;
  }

  #newDirectoryName(): string {
    const iso = new Date(this.#sim.now()).toISOString();
    const stamp = `${iso.slice(0, 10)}_${iso.slice(11, 19)}`.replace(/[-:]/g, '_');
    const fraction = String(Math.floor((this.#sim.now() % 1000) * 1_000_000)).padStart(9, '0');
    return `..${stamp}.${fraction}`;
  }

  #writeFile(path: string, { data, mode, uid = 0 }: FileProjection): void {
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (!this.#fs.exists(parent)) {
      this.#fs.mkdir(parent, { parents: true });
      this.#giveDirectory(parent);
    }
    if (typeof data === 'function') this.#fs.writeLazily(path, data, mode);
    else this.#fs.writeFile(path, data, { mode });
    this.#fs.chown(path, uid, this.#fsGroup ?? 0);
    if (this.#fsGroup !== undefined) this.#fs.chmod(path, mode | 0o440);
  }

  /** A directory of the pod's fsGroup. */
  #giveDirectory(path: string): void {
    if (this.#fsGroup === undefined) return;
    this.#fs.chown(path, 0, this.#fsGroup);
    this.#fs.chmod(path, this.#fs.stat(path).mode | 0o2550);
  }

  #turnTo(directory: string): void {
    this.#fs.symlink(directory, '/..data_tmp');
    this.#fs.rename('/..data_tmp', '/..data');
  }

  #linkVisibleNames(payload: Payload): void {
    const wanted = new Set([...payload.keys()].map((path) => path.split('/')[0] ?? path));
    for (const name of this.#fs.readdir('/')) {
      if (!name.startsWith('..') && !wanted.has(name)) this.#fs.remove(`/${name}`);
    }
    for (const name of wanted) if (!this.#hasLink(`/${name}`)) this.#fs.symlink(`..data/${name}`, `/${name}`);
  }

  #hasLink(path: string): boolean {
    try {
      return this.#fs.lstat(path).kind === 'symlink';
    } catch {
      return false;
    }
  }
}

function samePayload(a: Payload, b: Payload): boolean {
  if (a.size !== b.size) return false;
  for (const [path, file] of a) {
    const other = b.get(path);
    if (!other || other.mode !== file.mode || other.uid !== file.uid || !sameBytes(file.data, other.data)) return false;
  }
  return true;
}

function sameBytes(a: FileProjection['data'], b: FileProjection['data']): boolean {
  if (typeof a === 'function' || typeof b === 'function') return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function removeTree(fs: MemoryFileSystem, path: string): void {
  if (fs.lstat(path).kind === 'directory') for (const name of fs.readdir(path)) removeTree(fs, `${path}/${name}`);
  fs.remove(path);
}
