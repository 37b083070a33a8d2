import type * as corev1 from '../../api/core/v1.ts';
import type { Client } from '../../client/client.ts';
import { type EventRecorder, podReference } from '../../client/event-recorder.ts';
import type { ImageService, RuntimeService } from '../runtime/runtime-service.ts';
import type { NetworkStack } from '../../shell/network-stack.ts';
import type { Latency } from '../sim/latency.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';

/** What the parts of one kubelet share. */
export interface KubeletHost {
  readonly nodeName: string;
  readonly nodeIP: string;
  readonly sim: Sim;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  /** The node's own network: where probes come from. */
  readonly network: NetworkStack;
  readonly latency: Latency;
  readonly random: Random;
  readonly clusterDomain: string;
  /** The DNS service's address. */
  readonly clusterDNS: readonly string[];
  report(error: unknown, what: string): void;
}

/** Writes an event about a pod. */
export function recordPodEvent(
  host: KubeletHost,
  pod: corev1.Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  host.recorder.event(podReference(pod), type, reason, message);
}

/** Writes an event about one container of a pod: `spec.containers{name}`. */
export function recordContainerEvent(
  host: KubeletHost,
  { pod, containerName }: { readonly pod: corev1.Pod; readonly containerName: string },
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const fieldPath = containerFieldPath(pod, containerName);
  host.recorder.event(podReference(pod), type, reason, message, fieldPath ? { fieldPath } : {});
}

/** Where a container stands in its pod's spec. Upstream: pkg/kubelet/container/ref.go fieldPath (v1.36) */
export function containerFieldPath(pod: corev1.Pod, name: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const has = (list: readonly { readonly name: string }[]) => list.some((container) => container.name === name);
  if (has(containers)) return `spec.containers{${name}}`;
  if (has(initContainers)) return `spec.initContainers{${name}}`;
  return has(ephemeralContainers) ? `spec.ephemeralContainers{${name}}` : '';
}

/** `name_namespace(uid)`: how messages name a pod. Upstream: pkg/kubelet/util/format Pod (v1.36) */
export function formatPod(pod: corev1.Pod): string {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  return `${name}_${namespace}(${uid})`;
}

/** A container of any of the three lists. */
export function getContainerSpec(pod: corev1.Pod, name: string): corev1.Container | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers, ...(ephemeralContainers as readonly corev1.Container[])].find(
    (container) => container.name === name,
  );
}

/** Whether a pod comes from the node itself: a static pod, or its mirror. */
export function isStaticPod(pod: corev1.Pod): boolean {
  const source = pod.metadata.annotations?.['kubernetes.io/config.source'];
  return source !== undefined && source !== 'api';
}
