import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import type { Sim } from '../sim/sim.ts';

/** The disks of a cluster that outlast pods and nodes, by handle. */
export class Disks {
  readonly #sim: Sim;
  readonly #disks = new Map<string, MemoryFileSystem>();

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  /** The file system of a disk; made empty when it is asked for the first time. */
  fileSystem(handle: string): MemoryFileSystem {
    let disk = this.#disks.get(handle);
    if (!disk) this.#disks.set(handle, (disk = createFileSystem({ now: () => this.#sim.now(), type: 'ext4' })));
    return disk;
  }
}
