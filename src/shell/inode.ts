import type { DeviceType } from './file-system.ts';
import type { LayerEntry, LayerFiles } from './layer.ts';
import { programFileContent } from './layer.ts';
import { encode } from './text.ts';

/** What every node of a file system has. */
interface Attributes {
  readonly inode: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
}

/** A regular file. A shared one belongs to a layer and is copied before it is written. */
export interface FileNode extends Attributes {
  readonly kind: 'file';
  readonly shared: boolean;
  /** Holds at least `size` bytes; never changed below `size`, so that views stay valid. */
  bytes: Uint8Array;
  size: number;
  /** A file whose content is made when it is read (`/proc`, cgroup files). */
  readonly generate?: () => string;
}

export interface LinkNode extends Attributes {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface DeviceNode extends Attributes {
  readonly kind: 'device';
  /** A character device unless it is said. */
  readonly device?: DeviceType;
}

export type Inode = FileNode | LinkNode | DeviceNode | DirectoryNode;

/** Names and nodes of a directory; synthetic ones make them when asked. */
export interface SyntheticEntries {
  names(): readonly string[];
  get(name: string): Inode | undefined;
}

/** A directory; one over a `lower` directory of a layer sees through to it and keeps its own changes. */
export class DirectoryNode implements Attributes {
  readonly kind = 'directory';
  readonly inode: number;
  mode: number;
  uid: number;
  gid: number;
  mtimeMs: number;
  readonly synthetic: SyntheticEntries | undefined;
  readonly #lower: DirectoryNode | undefined;
  /** Made with the first entry: most directories that a container sees are its image's, untouched. */
  #entries: Map<string, Inode> | undefined;
  #removed: Set<string> | undefined;

  constructor(attributes: Attributes, options: { lower?: DirectoryNode; synthetic?: SyntheticEntries } = {}) {
    this.inode = attributes.inode;
    this.mode = attributes.mode;
    this.uid = attributes.uid;
    this.gid = attributes.gid;
    this.mtimeMs = attributes.mtimeMs;
    this.#lower = options.lower;
    this.synthetic = options.synthetic;
  }

  get(name: string): Inode | undefined {
    if (this.synthetic) return this.synthetic.get(name);
    const own = this.#entries?.get(name);
    if (own || !this.#lower || this.#removed?.has(name)) return own;
    const below = this.#lower.get(name);
    if (!(below instanceof DirectoryNode)) return below;
    const over = new DirectoryNode(below, { lower: below });
    this.set(name, over);
    return over;
  }
  set(name: string, node: Inode): void {
    (this.#entries ??= new Map()).set(name, node);
  }
  delete(name: string): void {
    this.#entries?.delete(name);
    if (this.#lower) (this.#removed ??= new Set()).add(name);
  }
  /** Sorted. */
  names(): string[] {
    if (this.synthetic) return [...this.synthetic.names()];
    const names = new Set(this.#entries?.keys());
    for (const name of this.#lower?.names() ?? []) if (!this.#removed?.has(name)) names.add(name);
    return [...names].sort();
  }
}

/** The files of an image, made once and shared by all its containers; nothing writes into it. */
export class Layer {
  readonly root: DirectoryNode;
  constructor(root: DirectoryNode) {
    this.root = root;
  }
}

/** Makes a shared layer of files; later files win over earlier ones. */
export function createLayer(files: readonly LayerFiles[], mtimeMs = 0): Layer {
  let inode = 1;
  const attributes = (mode: number, uid = 0, gid = 0): Attributes => ({ inode: ++inode, mode, uid, gid, mtimeMs });
  const root = new DirectoryNode(attributes(0o755));
  const directory = (path: string): DirectoryNode => {
    let at = root;
    for (const name of path.split('/')) {
      if (name === '') continue;
      const next = at.get(name);
      if (next instanceof DirectoryNode) at = next;
      else {
        const made = new DirectoryNode(attributes(0o755));
        at.set(name, made);
        at = made;
      }
    }
    return at;
  };
  for (const layer of files) {
    for (const [path, entry] of Object.entries(layer)) {
      const slash = path.lastIndexOf('/');
      const parent = directory(path.slice(0, slash));
      const node = layerNode(entry, attributes);
      if (node) parent.set(path.slice(slash + 1), node);
      else applyAttributes(directory(path), entry);
    }
  }
  return new Layer(root);
}

function applyAttributes(directory: DirectoryNode, entry: LayerEntry): void {
  if (typeof entry === 'string') return;
  if (entry.mode !== undefined) directory.mode = entry.mode;
  if (entry.uid !== undefined) directory.uid = entry.uid;
  if (entry.gid !== undefined) directory.gid = entry.gid;
}

/** The node of an entry; undefined for a directory. */
function layerNode(
  entry: LayerEntry,
  attributes: (mode: number, uid?: number, gid?: number) => Attributes,
): Inode | undefined {
  if (typeof entry === 'string') return fileNode(attributes(0o644), encode(entry), true);
  if (entry.directory) return undefined;
  if (entry.device) return { ...attributes(entry.mode ?? 0o666, entry.uid, entry.gid), kind: 'device' };
  if (entry.symlink !== undefined) {
    return { ...attributes(0o777, entry.uid, entry.gid), kind: 'symlink', target: entry.symlink };
  }
  if (entry.program !== undefined) {
    return fileNode(
      attributes(entry.mode ?? 0o755, entry.uid, entry.gid),
      encode(programFileContent(entry.program)),
      true,
    );
  }
  const content = typeof entry.content === 'string' ? encode(entry.content) : (entry.content ?? new Uint8Array(0));
  return fileNode(attributes(entry.mode ?? 0o644, entry.uid, entry.gid), content, true);
}

/** A file. `shared`: the bytes belong to others too, and are copied before they change. */
export function fileNode(attributes: Attributes, bytes: Uint8Array, shared: boolean): FileNode {
  const { inode, mode, uid, gid, mtimeMs } = attributes;
  return { inode, mode, uid, gid, mtimeMs, kind: 'file', shared, bytes, size: bytes.length };
}

/** A file whose first content is made when somebody reads it or asks for its size. */
export function lazyFile(attributes: Attributes, make: () => Uint8Array): FileNode {
  let bytes: Uint8Array | undefined;
  let size: number | undefined;
  const content = (): Uint8Array => (bytes ??= make());
  return {
    ...attributes,
    kind: 'file',
    shared: false,
    get bytes() {
      return content();
    },
    set bytes(given) {
      bytes = given;
    },
    get size() {
      return size ?? content().length;
    },
    set size(given) {
      size = given;
    },
  };
}

/** A read-only file whose content is made when it is read. */
export function generatedFile(generate: () => string, mode = 0o444): FileNode {
  return { inode: 0, mode, uid: 0, gid: 0, mtimeMs: 0, kind: 'file', shared: false, bytes: none, size: 0, generate };
}

/** A directory whose entries are made when they are asked for. */
export function syntheticDirectory(entries: SyntheticEntries): DirectoryNode {
  return new DirectoryNode({ inode: 0, mode: 0o555, uid: 0, gid: 0, mtimeMs: 0 }, { synthetic: entries });
}

const none = new Uint8Array(0);
