/** ZooKeeper's tree of nodes: what it keeps, and what its client says of it. Source: zookeeper.apache.org/doc/r3.4.10 */
import { formatTime } from '../../../shell/coreutils/dates.ts';

interface ZNode {
  data: string;
  readonly created: number;
  readonly createdAtMs: number;
  modified: number;
  modifiedAtMs: number;
  version: number;
  childChanges: number;
  lastChildChange: number;
}

/** What changes the tree, as servers send it to each other. */
export interface Change {
  readonly zxid: number;
  readonly atMs: number;
  readonly verb: 'create' | 'set' | 'delete';
  readonly path: string;
  readonly data?: string;
}

/** A request that cannot be met, in the client's words. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
}

/** An epoch's first number: servers elect a leader at the start of each. */
const firstZxid = 0x1_0000_0001;
const newNode = (data: string, zxid: number, atMs: number): ZNode => ({
  data,
  created: zxid,
  createdAtMs: atMs,
  modified: zxid,
  modifiedAtMs: atMs,
  version: 0,
  childChanges: 0,
  lastChildChange: zxid,
});
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

export class ZooKeeperTree {
  readonly #nodes = new Map<string, ZNode>([
    ['/', newNode('', 0, 0)],
    ['/zookeeper', newNode('', 0, 0)],
    ['/zookeeper/quota', newNode('', 0, 0)],
  ]);
  readonly #log: Change[] = [];

  /** All changes since the beginning, in order. */
  get changes(): readonly Change[] {
    return this.#log;
  }
  get zxid(): number {
    return this.#log.at(-1)?.zxid ?? firstZxid - 1;
  }
  get nodeCount(): number {
    return this.#nodes.size;
  }

  /** What a request would change. @throws ZooKeeperError */
  propose(verb: Change['verb'], path: string, atMs: number, data?: string): Change {
    if (verb === 'create' && this.#nodes.has(path)) throw new ZooKeeperError(`Node already exists: ${path}`);
    if (verb === 'create' && !this.#nodes.has(parentOf(path))) throw new ZooKeeperError(`Node does not exist: ${path}`);
    if (verb !== 'create') this.#existing(path);
    if (verb === 'delete' && this.children(path).length > 0) throw new ZooKeeperError(`Node not empty: ${path}`);
    return { zxid: this.zxid + 1, atMs, verb, path, ...(data === undefined ? {} : { data }) };
  }

  /** Takes a change over; one that is known already changes nothing. */
  apply(change: Change): void {
    if (change.zxid <= this.zxid) return;
    this.#log.push(change);
    const { verb, path, zxid, atMs, data = '' } = change;
    const node = this.#nodes.get(path);
    const parent = this.#nodes.get(parentOf(path));
    if (verb === 'create') this.#nodes.set(path, newNode(data, zxid, atMs));
    else if (verb === 'delete') this.#nodes.delete(path);
    else if (node) Object.assign(node, { data, modified: zxid, modifiedAtMs: atMs, version: node.version + 1 });
    if (verb === 'set' || !parent) return;
    parent.childChanges++;
    parent.lastChildChange = zxid;
  }

  /** @throws ZooKeeperError */
  children(path: string): readonly string[] {
    this.#existing(path);
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#nodes.keys()]
      .filter((key) => key !== '/' && key.startsWith(prefix) && !key.slice(prefix.length).includes('/'))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  /** @throws ZooKeeperError */
  data(path: string): string {
    return this.#existing(path).data;
  }

  /** As `stat` prints it. @throws ZooKeeperError */
  describe(path: string): string {
    const node = this.#existing(path);
    const time = (ms: number) => formatTime('%a %b %d %H:%M:%S UTC %Y', ms);
    const hex = (zxid: number) => `0x${zxid.toString(16)}`;
    return `cZxid = ${hex(node.created)}
ctime = ${time(node.createdAtMs)}
mZxid = ${hex(node.modified)}
mtime = ${time(node.modifiedAtMs)}
pZxid = ${hex(node.lastChildChange)}
cversion = ${node.childChanges}
dataVersion = ${node.version}
aclVersion = 0
ephemeralOwner = 0x0
dataLength = ${node.data.length}
numChildren = ${this.children(path).length}
`;
  }

  #existing(path: string): ZNode {
    const node = this.#nodes.get(path);
    if (!node) throw new ZooKeeperError(`Node does not exist: ${path}`);
    return node;
  }
}
