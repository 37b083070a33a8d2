import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type { ContainerResources, ContainerStatus, ContainerUsage } from '../../runtime/runtime-service.ts';

/** A running container whose resources are to change. */
export interface ContainerResize {
  readonly containerId: string;
  readonly resources: ContainerResources;
  /** Its resize policy asks for a restart. */
  readonly restart: boolean;
}

const names = ['cpu', 'memory'] as const;

/** What the runtime is told of a container's requests and limits. */
export function containerResources(container: corev1.Container): ContainerResources {
  const { requests, limits } = container.resources ?? {};
  const milli = (text: string | undefined) => (text === undefined ? undefined : parseQuantity(text).milliValue());
  const bytes = (text: string | undefined) => (text === undefined ? undefined : parseQuantity(text).value());
  return defined({
    cpuRequestMilli: milli(requests?.['cpu']),
    cpuLimitMilli: milli(limits?.['cpu']),
    memoryRequestBytes: bytes(requests?.['memory']),
    memoryLimitBytes: bytes(limits?.['memory']),
  });
}

function defined(values: { readonly [K in keyof ContainerResources]-?: number | undefined }): ContainerResources {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * The change of a running container's resources that its spec asks for, if any.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodResizeAction (v1.36)
 */
export function computePodResizeAction(
  container: corev1.Container,
  status: ContainerStatus,
): ContainerResize | undefined {
  const desired = containerResources(container);
  const current = status.resources;
  const changed = names.filter((name) => fieldsOf(name).some((field) => desired[field] !== current[field]));
  if (changed.length === 0) return undefined;
  const restart = changed.some((name) =>
    container.resizePolicy?.some(
      (policy) => policy.resourceName === name && policy.restartPolicy === 'RestartContainer',
    ),
  );
  return { containerId: status.id, resources: desired, restart };
}

const fieldsOf = (name: 'cpu' | 'memory'): readonly (keyof ContainerResources)[] =>
  name === 'cpu' ? ['cpuRequestMilli', 'cpuLimitMilli'] : ['memoryRequestBytes', 'memoryLimitBytes'];

/**
 * Why memory limits cannot fall as they are to: containers use more now. Undefined when they can.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go validateMemoryResizeAction (v1.36)
 */
export function memoryResizeProblem(
  resizes: readonly ContainerResize[],
  statuses: readonly ContainerStatus[],
  usage: readonly ContainerUsage[],
): string | undefined {
  const used = usage.filter(({ id }) => statuses.some((status) => status.id === id));
  const together = used.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const problems = resizes.flatMap(({ containerId, resources: { memoryLimitBytes } }) => {
    const before = statuses.find(({ id }) => id === containerId)?.resources.memoryLimitBytes;
    if (memoryLimitBytes === undefined || (before !== undefined && memoryLimitBytes >= before)) return [];
    const container = used.find(({ id }) => id === containerId);
    if (!container || container.memoryBytes < memoryLimitBytes) return [];
    const name = JSON.stringify(container.name);
    return [`attempting to set container ${name} memory limit (${memoryLimitBytes}) below current usage (${together})`];
  });
  if (problems.length === 0) return undefined;
  const all = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return `cannot decrease memory limits: ${all}`;
}
