/** The mounts of one tree of files, and the other trees that hear of them. Source: mount_namespaces(7), shared subtrees */
import type { Inode } from './inode.ts';

/** Space of one file system, shared by all that mount it. */
export interface Space {
  usedBytes: number;
  readonly limitBytes: number;
}

export interface Mount {
  readonly path: string;
  readonly root: Inode;
  readonly type: string;
  readonly readOnly: boolean;
  readonly space: Space;
}

/** What is mounted beneath `at` here appears beneath `path` of another table. */
interface Peer {
  readonly at: string;
  readonly table: MountTable;
  readonly path: string;
}

export class MountTable {
  readonly #mounts = new Map<string, Mount>();
  /** Last names of all mount points there ever were: a walk asks at each step, and few names are any's. */
  readonly #names = new Set<string>();
  readonly #peers = new Set<Peer>();

  get(path: string): Mount | undefined {
    return this.#mounts.get(path);
  }
  /** What is mounted at a name in a directory. */
  within(directory: string, name: string): Mount | undefined {
    if (!this.#names.has(name)) return undefined;
    return this.#mounts.get(directory === '/' ? `/${name}` : `${directory}/${name}`);
  }
  has(path: string): boolean {
    return this.#mounts.has(path);
  }
  values(): Iterable<Mount> {
    return this.#mounts.values();
  }
  /** Mounts inside a directory, by what follows its path (`/sub/dir`). */
  beneath(path: string): readonly (readonly [rest: string, mount: Mount])[] {
    return [...this.#mounts.values()].flatMap((mount) => {
      const rest = restOf(mount.path, path);
      return rest === undefined ? [] : [[rest, mount] as const];
    });
  }

  /** Mounts here and wherever it propagates to. */
  add(mount: Mount): void {
    this.#add(mount, new Set());
  }
  #add(mount: Mount, seen: Set<MountTable>): void {
    if (seen.has(this)) return;
    seen.add(this);
    this.#mounts.set(mount.path, mount);
    this.#names.add(mount.path.slice(mount.path.lastIndexOf('/') + 1));
    for (const [table, path] of this.#reached(mount.path)) table.#add({ ...mount, path }, seen);
  }

  /** Unmounts here and wherever it propagates to. Gives false when nothing is mounted there. */
  remove(path: string): boolean {
    return this.#remove(path, new Set());
  }
  #remove(path: string, seen: Set<MountTable>): boolean {
    if (seen.has(this)) return false;
    seen.add(this);
    const removed = this.#mounts.delete(path);
    for (const [table, other] of this.#reached(path)) table.#remove(other, seen);
    return removed;
  }

  /** From now on what is mounted beneath `at` appears beneath `path` of another table. Gives what ends that. */
  propagate(at: string, table: MountTable, path: string): () => void {
    const peer = { at, table, path };
    this.#peers.add(peer);
    return () => this.#peers.delete(peer);
  }
  #reached(path: string): readonly (readonly [MountTable, string])[] {
    return [...this.#peers].flatMap((peer) => {
      const rest = restOf(path, peer.at);
      return rest === undefined ? [] : [[peer.table, joined(peer.path, rest)] as const];
    });
  }
}

/** What follows a directory in a path inside it. */
function restOf(path: string, directory: string): string | undefined {
  if (directory === '/') return path;
  return path.startsWith(`${directory}/`) ? path.slice(directory.length) : undefined;
}

/** The path of a mount that was `rest` behind another directory. */
export const joined = (directory: string, rest: string): string => (directory === '/' ? rest : directory + rest);
