/**
 * What a hollow kubelet writes: kwok's fast stages (`node-initialize`, `node-heartbeat-with-lease`, `pod-ready`, `pod-complete`,
 * `pod-delete`) as pure functions from an object to a stage and its status patch.
 *
 * Source: sigs.k8s.io/kwok v0.8 kustomize/stage/{node,pod}/fast
 */
import type * as corev1 from '../../api/core/v1.ts';

export type PodStage = 'pod-ready' | 'pod-complete' | 'pod-delete';

/** The stage that a pod is due for, if any. */
export function nextPodStage(pod: corev1.Pod): PodStage | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return 'pod-delete';
  const phase = pod.status?.phase;
  if (phase === 'Pending' && !isReady(pod.status?.conditions)) return 'pod-ready';
  if (phase === 'Running' && pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return 'pod-complete';
  return undefined;
}

/** Whether a node waits for its first status. */
export function needsNodeInitialize(node: corev1.Node): boolean {
  return !isReady(node.status?.conditions);
}

/** Whether heartbeats go into a node's status. */
export function needsNodeHeartbeat(node: corev1.Node): boolean {
  return node.status?.phase === 'Running' && isReady(node.status.conditions);
}

function isReady(conditions: readonly { readonly type: string; readonly status: string }[] | undefined): boolean {
  return conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

const condition = (type: string, now: string) => ({ type, status: 'True', lastTransitionTime: now });

/** The strategic merge patch of `status` that makes a pod Running and Ready. */
export function podReadyPatch(
  pod: corev1.Pod,
  at: { readonly now: string; readonly podIPs: readonly string[]; readonly hostIPs: readonly string[] },
): { readonly status: corev1.PodStatus } {
  const { now, podIPs, hostIPs } = at;
  const gates = pod.spec?.readinessGates ?? [];
  return {
    status: {
      conditions: [
        ...['Initialized', 'Ready', 'ContainersReady'].map((type) => condition(type, now)),
        ...gates.map((gate) => condition(gate.conditionType, now)),
      ],
      containerStatuses: (pod.spec?.containers ?? []).map((container) => runningStatus(container, now)),
      ...initStatuses(pod, now),
      ...(hostIPs[0] === undefined ? {} : { hostIP: hostIPs[0], hostIPs: hostIPs.map((ip) => ({ ip })) }),
      ...(podIPs[0] === undefined ? {} : { podIP: podIPs[0], podIPs: podIPs.map((ip) => ({ ip })) }),
      phase: 'Running',
      startTime: now,
    },
  };
}

function initStatuses(pod: corev1.Pod, now: string): Pick<corev1.PodStatus, 'initContainerStatuses'> {
  const containers = pod.spec?.initContainers;
  if (!containers || containers.length === 0) return {};
  return {
    initContainerStatuses: containers.map((container) =>
      container.restartPolicy === 'Always'
        ? { ...runningStatus(container, now), started: true }
        : { ...completedStatus(container, now), ready: true },
    ),
  };
}

const runningStatus = (container: corev1.Container, now: string): corev1.ContainerStatus => ({
  name: container.name,
  image: container.image ?? '',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: now } },
});

const completedStatus = (container: corev1.Container, now: string): corev1.ContainerStatus => ({
  name: container.name,
  image: container.image ?? '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode: 0, finishedAt: now, reason: 'Completed', startedAt: now } },
});

/** The strategic merge patch of `status` that completes a Job's pod. */
export function podCompletePatch(pod: corev1.Pod, now: string): { readonly status: corev1.PodStatus } {
  return {
    status: {
      containerStatuses: (pod.spec?.containers ?? []).map((container) => ({
        ...completedStatus(container, now),
        started: false,
      })),
      phase: 'Succeeded',
    },
  };
}

const nodeConditions = [
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['NetworkUnavailable', 'False', 'RouteCreated', 'RouteController created a route'],
] as const;

const defaultResources = { cpu: '1k', memory: '1Ti', pods: '1M' };
const kwokVersion = 'kwok-v0.8.0';

/** The strategic merge patch of `status` that brings a node up. No addresses: hollow nodes are nowhere. */
export function nodeInitializePatch(node: corev1.Node, now: string): { readonly status: corev1.NodeStatus } {
  const { status } = node;
  const info = status?.nodeInfo;
  return {
    status: {
      conditions: heartbeatConditions(node, now),
      allocatable: status?.allocatable ?? defaultResources,
      capacity: status?.capacity ?? defaultResources,
      nodeInfo: {
        architecture: info?.architecture || 'amd64',
        bootID: info?.bootID ?? '',
        containerRuntimeVersion: info?.containerRuntimeVersion || kwokVersion,
        kernelVersion: info?.kernelVersion || kwokVersion,
        kubeProxyVersion: info?.kubeProxyVersion || kwokVersion,
        kubeletVersion: info?.kubeletVersion || kwokVersion,
        machineID: info?.machineID ?? '',
        operatingSystem: info?.operatingSystem || 'linux',
        osImage: info?.osImage ?? '',
        systemUUID: info?.systemUUID ?? '',
      },
      phase: 'Running',
    },
  };
}

/** The strategic merge patch of `status` that is a node's heartbeat. */
export function nodeHeartbeatPatch(node: corev1.Node, now: string): { readonly status: corev1.NodeStatus } {
  return { status: { conditions: heartbeatConditions(node, now) } };
}

function heartbeatConditions(node: corev1.Node, now: string): readonly corev1.NodeCondition[] {
  const lastTransitionTime = node.metadata.creationTimestamp ?? now;
  return nodeConditions.map(([type, status, reason, message]) => ({
    lastHeartbeatTime: now,
    lastTransitionTime,
    message,
    reason,
    status,
    type,
  }));
}
