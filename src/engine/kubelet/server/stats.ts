/**
 * What a node and its pods use: the model behind `/stats/summary` and `/metrics/resource`.
 *
 * Upstream: pkg/kubelet/server/stats/summary.go (v1.36)
 */
import { formatTime } from '../../../apimachinery/time.ts';
import type { KubeletHost } from '../kubelet-host.ts';

/** What one container uses now, and used so far. */
export interface ContainerStats {
  readonly name: string;
  readonly startedAtMs: number;
  readonly cpuMilli: number;
  readonly usageCoreNanoSeconds: number;
  readonly memoryBytes: number;
}

export interface PodStats {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly containers: readonly ContainerStats[];
}

/** What runs on a machine beside its pods, and all pods together. */
export type SystemContainerStats = Omit<ContainerStats, 'startedAtMs'>;

export interface NodeStats {
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly cpuMilli: number;
  readonly usageCoreNanoSeconds: number;
  readonly memoryBytes: number;
  readonly pods: readonly PodStats[];
  /** `kubelet`, `runtime` and `pods`. */
  readonly systemContainers: readonly SystemContainerStats[];
}

/** What runs on a machine beside its pods: the kubelet, the container runtime, the system. */
const systemCpuMilli = 25;
const systemMemoryBytes = 320 * 1024 * 1024;
const kubeletShare = { cpuMilli: 12, memoryBytes: 80 * 1024 * 1024 };
const runtimeShare = { cpuMilli: 8, memoryBytes: 60 * 1024 * 1024 };
/** What looking after one container takes. */
const perContainerMemoryBytes = 4 * 1024 * 1024;

/** The kernel counts memory in pages. */
const inPages = (bytes: number): number => Math.ceil(bytes / 4096) * 4096;

/** The running pods of a node, in order of their sandboxes. */
export function podStats({ runtime }: KubeletHost): readonly PodStats[] {
  const byPod = new Map<string, PodStats & { readonly containers: ContainerStats[] }>();
  for (const { sandboxId, name, startedAtMs, cpuMilli, usageCoreNanoSeconds, memoryBytes } of runtime.usage()) {
    const sandbox = runtime.podSandboxStatus(sandboxId);
    if (!sandbox) continue;
    const { config } = sandbox;
    const pod = byPod.get(config.uid) ?? {
      namespace: config.namespace,
      name: config.name,
      uid: config.uid,
      containers: [],
    };
    byPod.set(config.uid, pod);
    pod.containers.push({ name, startedAtMs, cpuMilli, usageCoreNanoSeconds, memoryBytes: inPages(memoryBytes) });
  }
  return [...byPod.values()];
}

/** The node with its pods; `startedAtMs` is when its kubelet began. */
export function nodeStats(host: KubeletHost, startedAtMs: number): NodeStats {
  const atMs = host.sim.now();
  const pods = podStats(host);
  const containers = pods.flatMap((pod) => pod.containers);
  const sum = (pick: (container: ContainerStats) => number) =>
    containers.reduce((total, container) => total + pick(container), 0);
  const podsTogether = { cpuMilli: sum(({ cpuMilli }) => cpuMilli), memoryBytes: sum((one) => one.memoryBytes) };
  const podsCoreNanoSeconds = host.runtime.usageCoreNanoSeconds();
  const system = (name: string, share: { readonly cpuMilli: number; readonly memoryBytes: number }) => ({
    name,
    ...share,
    usageCoreNanoSeconds: share.cpuMilli * (atMs - startedAtMs) * 1000,
  });
  const lookedAfter = containers.length * perContainerMemoryBytes;
  return {
    systemContainers: [
      system('kubelet', kubeletShare),
      system('runtime', { ...runtimeShare, memoryBytes: runtimeShare.memoryBytes + lookedAfter }),
      { name: 'pods', ...podsTogether, usageCoreNanoSeconds: podsCoreNanoSeconds },
    ],
    atMs,
    startedAtMs,
    cpuMilli: systemCpuMilli + podsTogether.cpuMilli,
    usageCoreNanoSeconds: podsCoreNanoSeconds + systemCpuMilli * (atMs - startedAtMs) * 1000,
    memoryBytes: systemMemoryBytes + podsTogether.memoryBytes + lookedAfter,
    pods,
  };
}

/** `/stats/summary`, as far as it is known. */
export function statsSummary(host: KubeletHost, startedAtMs: number): object {
  const stats = nodeStats(host, startedAtMs);
  const time = formatTime(stats.atMs);
  const usage = (one: Omit<ContainerStats, 'name' | 'startedAtMs'>) => ({
    cpu: { time, usageNanoCores: one.cpuMilli * 1_000_000, usageCoreNanoSeconds: Math.trunc(one.usageCoreNanoSeconds) },
    memory: {
      time,
      usageBytes: one.memoryBytes,
      workingSetBytes: one.memoryBytes,
      rssBytes: one.memoryBytes,
      pageFaults: 0,
      majorPageFaults: 0,
    },
  });
  const startTime = formatTime(startedAtMs);
  const systemContainers = stats.systemContainers.map((one) => ({ name: one.name, startTime, ...usage(one) }));
  return {
    node: { nodeName: host.nodeName, systemContainers, startTime, ...usage(stats) },
    pods: stats.pods.map(({ namespace, name, uid, containers }) => ({
      podRef: { name, namespace, uid },
      startTime: formatTime(Math.min(stats.atMs, ...containers.map((container) => container.startedAtMs))),
      containers: containers.map((container) => ({
        name: container.name,
        startTime: formatTime(container.startedAtMs),
        ...usage(container),
      })),
    })),
  };
}
