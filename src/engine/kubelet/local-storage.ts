import { podLimits } from './pod-resources.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';

/** Bytes on the node's disk that belong to one pod. */
export interface LocalStorageUsage {
  /** Writable layer and logs, by container. */
  readonly containers: ReadonlyMap<string, number>;
  /** What emptyDirs hold, by volume. */
  readonly volumes: ReadonlyMap<string, number>;
}

const resourceName = 'ephemeral-storage';

/**
 * Which limit of its own a pod's data exceeds, as the eviction words it; undefined for none.
 *
 * Upstream: pkg/kubelet/eviction/eviction_manager.go localStorageEviction (v1.36)
 */
export function localStorageExcess(pod: corev1.Pod, usage: LocalStorageUsage): string | undefined {
  return emptyDirExcess(pod, usage) ?? podExcess(pod, usage) ?? containerExcess(pod, usage);
}

function emptyDirExcess({ spec }: corev1.Pod, { volumes }: LocalStorageUsage): string | undefined {
  for (const { name, emptyDir } of spec?.volumes ?? []) {
    const limit = emptyDir?.sizeLimit === undefined ? undefined : parseQuantity(emptyDir.sizeLimit);
    if (!limit || limit.value() <= 0 || (volumes.get(name) ?? 0) <= limit.value()) continue;
    return `Usage of EmptyDir volume ${quote(name)} exceeds the limit ${quote(limit.toString())}. `;
  }
  return undefined;
}

function podExcess(pod: corev1.Pod, { containers, volumes }: LocalStorageUsage): string | undefined {
  const limit = podLimits(pod).get(resourceName);
  if (!limit) return undefined;
  let used = 0;
  for (const bytes of containers.values()) used += bytes;
  for (const { name, emptyDir } of pod.spec?.volumes ?? [])
    if (emptyDir?.medium !== 'Memory') used += volumes.get(name) ?? 0;
  if (used <= limit.value()) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit.toString()}. `;
}

function containerExcess({ spec }: corev1.Pod, { containers }: LocalStorageUsage): string | undefined {
  for (const { name, resources } of spec?.containers ?? []) {
    const text = resources?.limits?.[resourceName];
    const limit = text === undefined ? undefined : parseQuantity(text);
    if (!limit || limit.isZero || (containers.get(name) ?? 0) <= limit.value()) continue;
    return `Container ${name} exceeded its local ephemeral storage limit ${quote(limit.toString())}. `;
  }
  return undefined;
}
