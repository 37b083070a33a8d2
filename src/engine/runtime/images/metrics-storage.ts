/**
 * What metrics-server keeps: for each node and container the last two measurements, and the usage between them.
 *
 * Upstream: kubernetes-sigs/metrics-server pkg/storage (v0.8)
 */

/** One measurement. */
export interface MetricsPoint {
  /** When what is measured began: its counter was zero then. 0 when unknown. */
  readonly startMs: number;
  readonly atMs: number;
  /** Core-seconds since the start. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** What one kubelet told. */
export interface MetricsBatch {
  readonly node: MetricsPoint | undefined;
  /** By `namespace/name`, then by container. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, MetricsPoint>>;
}

export interface Usage {
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
}
export interface Measured<T> {
  readonly atMs: number;
  readonly windowMs: number;
  readonly usage: T;
}

/** A container that has run for less gives no trustworthy figure. */
const freshContainerMinMs = 10_000;

function usageBetween(previous: MetricsPoint, last: MetricsPoint): Measured<Usage> | undefined {
  const windowMs = last.atMs - previous.atMs;
  if (last.startMs < previous.startMs || last.cpuSeconds < previous.cpuSeconds || windowMs <= 0) return undefined;
  const cpuNanoCores = Math.trunc(((last.cpuSeconds - previous.cpuSeconds) / (windowMs / 1000)) * 1e9);
  return { atMs: last.atMs, windowMs, usage: { cpuNanoCores, memoryBytes: last.memoryBytes } };
}

interface Pair {
  readonly last: MetricsPoint;
  readonly previous?: MetricsPoint;
}

export class MetricsStorage {
  readonly #resolutionMs: number;
  #nodes = new Map<string, Pair>();
  #pods = new Map<string, ReadonlyMap<string, Pair>>();

  constructor(resolutionMs: number) {
    this.#resolutionMs = resolutionMs;
  }

  /** Whether anything can be told. */
  get isReady(): boolean {
    return [...this.#nodes.values()].some(({ previous }) => previous !== undefined);
  }

  /** Takes in what all nodes told in one round; those that told nothing are forgotten. */
  store(batches: ReadonlyMap<string, MetricsBatch>): void {
    const nodes = new Map<string, Pair>();
    const pods = new Map<string, ReadonlyMap<string, Pair>>();
    for (const [name, batch] of batches) {
      if (batch.node) nodes.set(name, followed(this.#nodes.get(name), batch.node));
      for (const [key, containers] of batch.pods) {
        const known = this.#pods.get(key);
        pods.set(
          key,
          new Map(
            [...containers].map(([container, point]) => [container, this.#container(known?.get(container), point)]),
          ),
        );
      }
    }
    this.#nodes = nodes;
    this.#pods = pods;
  }

  node(name: string): Measured<Usage> | undefined {
    const pair = this.#nodes.get(name);
    return pair?.previous && usageBetween(pair.previous, pair.last);
  }

  /** The containers of `namespace/name`, sorted; undefined while one of them cannot be told. */
  pod(key: string): Measured<ReadonlyMap<string, Usage>> | undefined {
    const containers = this.#pods.get(key);
    if (!containers) return undefined;
    const usage = new Map<string, Usage>();
    let earliest: Measured<Usage> | undefined;
    for (const [name, { last, previous }] of [...containers].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!previous) return undefined;
      const measured = usageBetween(previous, last);
      if (!measured) continue;
      usage.set(name, measured.usage);
      if (!earliest || earliest.atMs > measured.atMs) earliest = measured;
    }
    return earliest && { ...earliest, usage };
  }

  #container(known: Pair | undefined, point: MetricsPoint): Pair {
    const ageMs = point.atMs - point.startMs;
    if (ageMs >= freshContainerMinMs && ageMs < this.#resolutionMs)
      return { last: point, previous: { ...point, atMs: point.startMs, cpuSeconds: 0 } };
    // A container that was started again is another one.
    if (known && point.startMs < known.last.atMs) return followed(known, point);
    return { last: point };
  }
}

function followed(known: Pair | undefined, point: MetricsPoint): Pair {
  if (!known) return { last: point };
  if (point.atMs > known.last.atMs) return { last: point, previous: known.last };
  const { previous } = known;
  return previous && previous.atMs < point.atMs ? { last: point, previous } : { last: point };
}

/** Reads a kubelet's `/metrics/resource`. `atMs` stands where a line has no time of its own. */
export function parseResourceMetrics(text: string, atMs: number): MetricsBatch {
  const points = new Map<
    string,
    { node: boolean; key: string; container: string; values: Record<string, number>; atMs: number }
  >();
  for (const line of text.split('\n')) {
    const match = /^(container|node)_([a-z_]+)(?:\{([^}]*)\})? (\S+)(?: (\d+))?$/.exec(line);
    if (!match) continue;
    const [, owner, what = '', labels = '', value = '0', time] = match;
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const key = `${label('namespace')}/${label('pod')}`;
    const id = owner === 'node' ? '' : `${key}/${label('container')}`;
    const point = points.get(id) ?? { node: owner === 'node', key, container: label('container'), values: {}, atMs };
    points.set(id, point);
    point.values[what] = Number(value);
    if (what === 'cpu_usage_seconds_total' && time !== undefined) point.atMs = Number(time);
  }
  let node: MetricsPoint | undefined;
  const pods = new Map<string, Map<string, MetricsPoint>>();
  for (const point of points.values()) {
    const { cpu_usage_seconds_total: cpuSeconds, memory_working_set_bytes: memoryBytes } = point.values;
    if (cpuSeconds === undefined || memoryBytes === undefined) continue;
    const startMs = (point.values['start_time_seconds'] ?? 0) * 1000;
    const complete: MetricsPoint = { startMs, atMs: point.atMs, cpuSeconds, memoryBytes };
    if (point.node) node = complete;
    else pods.set(point.key, (pods.get(point.key) ?? new Map<string, MetricsPoint>()).set(point.container, complete));
  }
  return { node, pods };
}
