/**
 * How long things take: every delay of the simulated cluster, by name, in one place.
 *
 * A delay is drawn from a log-normal shape (a median, and how far the slow tail reaches) with the component's own seed, so that races
 * happen as in life and equal runs are equal. The preset `instant` makes every delay 0.
 */
import type { Random } from './random.ts';

/** A delay's shape: half of the draws are below `medianMs`, none is above `medianMs * spread²`, and none outside `[minMs, maxMs]`. */
export interface DelayShape {
  readonly medianMs: number;
  /** 1 is constant; 1.5 is lively; 2 is wild. */
  readonly spread: number;
  readonly minMs?: number;
  readonly maxMs?: number;
}

const realistic = {
  /** One way of a request to the API server, its handling included. */
  apiRequest: { medianMs: 2.5, spread: 1.6, minMs: 0.5, maxMs: 50 },
  /** From a committed write to a watcher that hears of it. */
  watchDelivery: { medianMs: 1.5, spread: 1.7, minMs: 0.3, maxMs: 50 },
  /** etcd's write to disk. */
  storeCommit: { medianMs: 1.2, spread: 1.5, minMs: 0.3, maxMs: 30 },
  /** One scheduling decision, plugins and all. */
  scheduleAttempt: { medianMs: 3, spread: 1.5, minMs: 0.5, maxMs: 40 },
  /** From a pod's change to its worker's turn. */
  kubeletSync: { medianMs: 8, spread: 1.8, minMs: 1, maxMs: 200 },
  /** What the pod lifecycle event generator takes to notice that a container changed. */
  kubeletRelist: { medianMs: 500, spread: 1.6, minMs: 20, maxMs: 1_000 },
  /** From a status computed to a status sent. */
  kubeletStatus: { medianMs: 10, spread: 1.5, minMs: 1, maxMs: 100 },
  /** Mounting one pod's volumes. */
  volumeMount: { medianMs: 120, spread: 1.6, minMs: 10, maxMs: 2_000 },
  /** Network namespace, pause container and CNI. */
  sandboxCreate: { medianMs: 350, spread: 1.5, minMs: 80, maxMs: 3_000 },
  sandboxRemove: { medianMs: 120, spread: 1.5, minMs: 20, maxMs: 2_000 },
  containerCreate: { medianMs: 70, spread: 1.5, minMs: 15, maxMs: 1_500 },
  containerStart: { medianMs: 60, spread: 1.5, minMs: 15, maxMs: 1_500 },
  /** From a process's end to the runtime knowing it. */
  containerExit: { medianMs: 15, spread: 1.5, minMs: 2, maxMs: 300 },
  execStart: { medianMs: 45, spread: 1.5, minMs: 10, maxMs: 500 },
  /** Asking the registry for a manifest; a refusal takes as long. */
  imageResolve: { medianMs: 650, spread: 1.5, minMs: 150, maxMs: 8_000 },
  /** Downloading and unpacking one MiB of image. */
  imagePullPerMiB: { medianMs: 55, spread: 1.4, minMs: 15, maxMs: 600 },
  /** kube-proxy's batch of rule changes. */
  kubeProxySync: { medianMs: 60, spread: 1.6, minMs: 10, maxMs: 2_000 },
  dnsQuery: { medianMs: 1.2, spread: 1.6, minMs: 0.2, maxMs: 30 },
  /** One way between pods of one node. */
  packetSameNode: { medianMs: 0.08, spread: 1.4, minMs: 0.02, maxMs: 5 },
  packetSameZone: { medianMs: 0.3, spread: 1.4, minMs: 0.1, maxMs: 10 },
  packetOtherZone: { medianMs: 0.9, spread: 1.4, minMs: 0.4, maxMs: 20 },
  packetExternal: { medianMs: 12, spread: 1.5, minMs: 3, maxMs: 200 },
  volumeProvision: { medianMs: 1_400, spread: 1.5, minMs: 200, maxMs: 20_000 },
  volumeAttach: { medianMs: 1_100, spread: 1.5, minMs: 200, maxMs: 20_000 },
  volumeDetach: { medianMs: 1_300, spread: 1.5, minMs: 200, maxMs: 20_000 },
  loadBalancerProvision: { medianMs: 8_000, spread: 1.4, minMs: 2_000, maxMs: 60_000 },
  /** From an order at the cloud to a machine that has power. */
  machineProvision: { medianMs: 45_000, spread: 1.3, minMs: 20_000, maxMs: 180_000 },
  /** From power to a kubelet that runs. */
  machineBoot: { medianMs: 18_000, spread: 1.3, minMs: 6_000, maxMs: 60_000 },
} as const satisfies Record<string, DelayShape>;

export type DelayName = keyof typeof realistic;
export type LatencyPreset = 'realistic' | 'instant';

/** Draws delays for one component. Fork it with the component's own `Random`. */
export class Latency {
  readonly preset: LatencyPreset;
  readonly #random: Random;

  constructor(preset: LatencyPreset, random: Random) {
    this.preset = preset;
    this.#random = random;
  }

  /** A source of delays for another component. */
  fork(name: string): Latency {
    return new Latency(this.preset, this.#random.fork(`latency/${name}`));
  }

  /** A delay in milliseconds, with fractions. 0 in the preset `instant`. */
  ms(name: DelayName): number {
    if (this.preset === 'instant') return 0;
    return drawDelay(realistic[name], this.#random);
  }
}

/** Draws from a shape. */
export function drawDelay(shape: DelayShape, random: Random): number {
  if (shape.spread === 1) return shape.medianMs;
  // The sum of two uniform draws is a triangle: cheap, and its exponential has a tail on the slow side.
  const deviation = (random.float() + random.float() - 1) * 2;
  const ms = shape.medianMs * shape.spread ** deviation;
  return Math.min(Math.max(ms, shape.minMs ?? 0), shape.maxMs ?? Number.POSITIVE_INFINITY);
}
