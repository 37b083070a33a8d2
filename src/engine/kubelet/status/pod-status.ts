import type * as corev1 from '../../../api/core/v1.ts';
import type { ContainerStatus } from '../../runtime/runtime-service.ts';
import { isStaticPod } from '../kubelet-host.ts';
import { getPodQOS, podResourcesStatus } from '../pod-resources.ts';
import type { ProbeManager } from '../prober/probe-manager.ts';
import { shouldAllContainersRestart } from '../restart-all.ts';
import { activeContainers, type RuntimePodStatus } from '../runtime-pod.ts';
import { generateConditions, podConditionByKubelet } from './conditions.ts';
import { convertToAPIContainerStatuses, type StartFailure } from './container-statuses.ts';
import { getPhase } from './phase.ts';

/** Why the kubelet itself ends a pod. */
export interface PodEnd {
  readonly reason: string;
  readonly message: string;
}

export interface PodStatusSource {
  readonly pod: corev1.Pod;
  readonly runtimeStatus: RuntimePodStatus;
  /** As the kubelet last made it, else as the API has it. */
  readonly previous: corev1.PodStatus;
  /** The pod's containers will not be started any more. */
  readonly podIsTerminal: boolean;
  readonly hostIPs: readonly string[];
  readonly probes: ProbeManager;
  readonly startFailure: (containerName: string) => StartFailure | undefined;
  readonly terminationMessage: (status: ContainerStatus) => string;
  /** What is said of a resize that is not done. */
  readonly resizeConditions: readonly corev1.PodCondition[];
  /** Set when the pod must end: its deadline passed. */
  readonly end: PodEnd | undefined;
}

const isTerminal = (phase: string | undefined): phase is 'Failed' | 'Succeeded' =>
  phase === 'Failed' || phase === 'Succeeded';

/**
 * The status of a pod, from what the runtime knows; transition times are the status manager's.
 *
 * Upstream: pkg/kubelet/kubelet_pods.go generateAPIPodStatus (v1.36)
 */
export function generateAPIPodStatus(source: PodStatusSource): corev1.PodStatus {
  const { pod, runtimeStatus, previous, probes } = source;
  const lists = containerStatuses(source);
  const phase = phaseOf(source, [...lists.containerStatuses, ...lists.initContainerStatuses]);
  const regular = probes.updateStatuses(pod, lists.containerStatuses);
  const init = probes.updateInitStatuses(pod, lists.initContainerStatuses);
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !podConditionByKubelet(type));
  const disruption = previous.conditions?.find(({ type }) => type === 'DisruptionTarget');
  const kept = disruption ? [...others.filter(({ type }) => type !== 'DisruptionTarget'), disruption] : others;
  const statuses = [...init, ...regular];
  const conditions = [
    ...kept,
    ...source.resizeConditions,
    ...generateConditions({ pod, phase, statuses, others: kept, previous }, runtimeStatus),
  ];
  const { generation } = pod.metadata;
  return Object.assign(
    generation === undefined ? {} : { observedGeneration: generation },
    { phase },
    reasonOf(source, phase),
    { conditions },
    addresses(source),
    { qosClass: getPodQOS(pod), containerStatuses: regular },
    init.length > 0 ? { initContainerStatuses: init } : undefined,
    lists.ephemeral.length > 0 ? { ephemeralContainerStatuses: lists.ephemeral } : undefined,
    podResourcesStatus(pod),
  );
}

function containerStatuses(source: PodStatusSource): {
  readonly containerStatuses: readonly corev1.ContainerStatus[];
  readonly initContainerStatuses: readonly corev1.ContainerStatus[];
  readonly ephemeral: readonly corev1.ContainerStatus[];
} {
  const { pod, runtimeStatus, previous, startFailure, terminationMessage } = source;
  const podRestarting = shouldAllContainersRestart(pod, runtimeStatus, previous);
  const convert = (
    containers: readonly corev1.Container[] | undefined,
    old: readonly corev1.ContainerStatus[] | undefined,
    isInitContainer: boolean,
  ) => {
    if (!containers || containers.length === 0) return [];
    const statuses = convertToAPIContainerStatuses({
      pod,
      runtimeStatus,
      previous: old ?? [],
      containers,
      isInitContainer,
      podRestarting,
      startFailure,
      terminationMessage,
    });
    return old ? statuses.map((status) => keepStarted(status, old)) : statuses;
  };
  return {
    containerStatuses: convert(pod.spec?.containers, previous.containerStatuses, false),
    initContainerStatuses: convert(pod.spec?.initContainers, previous.initContainerStatuses, true),
    ephemeral: convert(
      pod.spec?.ephemeralContainers as readonly corev1.Container[] | undefined,
      previous.ephemeralContainerStatuses,
      false,
    ),
  };
}

/** A container that had started is not unstarted by a kubelet that starts anew. */
function keepStarted(status: corev1.ContainerStatus, old: readonly corev1.ContainerStatus[]): corev1.ContainerStatus {
  const started = old.find(({ name }) => name === status.name)?.started;
  return status.state?.running && started !== undefined ? { ...status, started } : status;
}

function phaseOf(
  source: PodStatusSource,
  statuses: readonly corev1.ContainerStatus[],
): NonNullable<corev1.PodStatus['phase']> {
  const { pod, previous, runtimeStatus, podIsTerminal } = source;
  if (source.end) return 'Failed';
  if (isTerminal(pod.status?.phase)) return pod.status.phase;
  if (!pod.spec) return 'Pending';
  const names = new Set(pod.spec.containers.map(({ name }) => name));
  const podHasInitialized = activeContainers(runtimeStatus).some(({ name }) => names.has(name));
  const phase = getPhase(pod.spec, statuses, { podIsTerminal, podHasInitialized, isStatic: isStaticPod(pod) });
  return !isTerminal(phase) && isTerminal(previous.phase) ? previous.phase : phase;
}

/** A reason belongs to its phase. */
function reasonOf(source: PodStatusSource, phase: string): Pick<corev1.PodStatus, 'reason' | 'message'> {
  const { pod, previous, end } = source;
  if (end) return end;
  if (phase !== previous.phase) return {};
  const reason = previous.reason || pod.status?.reason;
  const message = previous.message || pod.status?.message;
  return Object.assign(reason ? { reason } : {}, message ? { message } : undefined);
}

function addresses({ pod, runtimeStatus, hostIPs, previous }: PodStatusSource): Partial<corev1.PodStatus> {
  const [hostIP] = hostIPs;
  const fromRuntime = runtimeStatus.ips;
  const had = previous.podIPs?.map(({ ip }) => ip) ?? [];
  const podIPs = pod.spec?.hostNetwork ? (had.length > 0 ? had : hostIPs) : fromRuntime;
  const [podIP] = podIPs;
  return Object.assign(
    hostIP === undefined ? {} : { hostIP, hostIPs: hostIPs.map((ip) => ({ ip })) },
    podIP === undefined ? undefined : { podIP, podIPs: podIPs.map((ip) => ({ ip })) },
  );
}
