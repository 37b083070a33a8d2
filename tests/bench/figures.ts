/** What measurements share: figures of this process, and a cluster that waits for nothing. */
import { type Cluster, type ClusterOptions, createCluster } from '../../src/engine/cluster.ts';
import type { Process } from '../../src/process/process.ts';

/** Unit → figure. */
export type Figures = Readonly<Record<string, number>>;

export interface Measurement {
  readonly about: string;
  /** Run only when named. */
  readonly isLong?: boolean;
  /** What the collector may let the heap grow to; default 6144. */
  readonly heapLimitMb?: number;
  run(): Figures | Promise<Figures>;
}

/** Of the whole process, garbage collection and compilation included. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What is alive after a collection. */
export function heapMb(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

/** The most memory the process ever held. */
export const peakMb = (): number => process.resourceUsage().maxRSS / 1000;

/** No delays, no system pods; no nodes unless told. */
export const instantCluster = (options: ClusterOptions = {}): Cluster =>
  createCluster({ nodes: 0, latency: 'instant', systemPods: false, ...options });

/** Runs a process to its end in a cluster. @throws what it throws */
export function runIn(cluster: Cluster, process: Process<void>): void {
  const task = cluster.sim.spawn(process, 'bench');
  let failure: unknown;
  let done = false;
  task.onSettled((outcome) => {
    done = true;
    if (outcome.kind === 'threw') failure = outcome.error;
  });
  cluster.runUntil(() => done);
  if (failure !== undefined) throw failure;
}
