import { formatTime } from '../../../apimachinery/time.ts';
import type { Kubelet } from '../kubelet.ts';

/** What one container uses now. */
export interface ContainerMetrics {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

export interface PodMetrics {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly ContainerMetrics[];
}

/** What the running pods of a node use now. */
export function podMetrics(kubelet: Kubelet): readonly PodMetrics[] {
  const { runtime } = kubelet.host;
  const byPod = new Map<
    string,
    { readonly namespace: string; readonly name: string; readonly containers: ContainerMetrics[] }
  >();
  for (const { sandboxId, name, cpuMilli, memoryBytes } of runtime.usage()) {
    const sandbox = runtime.podSandboxStatus(sandboxId);
    if (!sandbox) continue;
    const { config } = sandbox;
    const pod = byPod.get(config.uid) ?? { namespace: config.namespace, name: config.name, containers: [] };
    byPod.set(config.uid, pod);
    pod.containers.push({ name, cpuMilli, memoryBytes });
  }
  return [...byPod.values()];
}

/** `/stats/summary`, as far as it is known. */
export function statsSummary(kubelet: Kubelet): object {
  const time = formatTime(kubelet.host.sim.now());
  const pods = podMetrics(kubelet);
  const sum = (pick: (container: ContainerMetrics) => number) =>
    pods.reduce((total, pod) => total + pod.containers.reduce((own, container) => own + pick(container), 0), 0);
  const usage = (cpuMilli: number, memoryBytes: number) => ({
    cpu: { time, usageNanoCores: cpuMilli * 1_000_000 },
    memory: { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes },
  });
  return {
    node: {
      nodeName: kubelet.host.nodeName,
      startTime: time,
      ...usage(
        sum(({ cpuMilli }) => cpuMilli),
        sum(({ memoryBytes }) => memoryBytes),
      ),
    },
    pods: pods.map(({ namespace, name, containers }) => ({
      podRef: { namespace, name },
      startTime: time,
      containers: containers.map((container) => ({
        name: container.name,
        startTime: time,
        ...usage(container.cpuMilli, container.memoryBytes),
      })),
    })),
  };
}
