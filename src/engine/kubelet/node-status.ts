/** What a kubelet says of its node. Upstream: pkg/kubelet/nodestatus/setters.go, kubelet_node_status.go (v1.36) */
import { buildVersion } from '../../apimachinery/build-version.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Machine } from '../nodes/machines.ts';
import type { ImageService } from '../runtime/runtime-service.ts';

const kubeletPort = 10_250;
const maxImages = 50;

/** Whether the machine is short of something. */
export interface Pressure {
  readonly memory: boolean;
  readonly disk: boolean;
  readonly pid: boolean;
}

export interface NodeStatusSource {
  readonly machine: Machine;
  readonly images: ImageService;
  /** RFC 3339. */
  readonly now: string;
  readonly networkError: string | undefined;
  readonly pressure: Pressure;
  /** Sorted. */
  readonly volumesInUse: readonly string[];
  /** As the API has it. */
  readonly previous: corev1.NodeStatus;
}

/** The labels that a kubelet gives its node. */
export function nodeLabels(machine: Machine): Readonly<Record<string, string>> {
  const { name, zone, region, labels } = machine.spec;
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
    ...labels,
  };
}

/** The Node object that a kubelet registers. Upstream: initialNode */
export function initialNode(source: NodeStatusSource, taints: readonly corev1.Taint[]): corev1.Node {
  const { machine } = source;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: machine.spec.name,
      labels: nodeLabels(machine),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: taints.length > 0 ? { taints } : {},
    status: nodeStatus(source),
  };
}

/** The whole status. Conditions keep their transition times while they stay. */
export function nodeStatus(source: NodeStatusSource): corev1.NodeStatus {
  const { machine, previous } = source;
  const { cpu, memory, ephemeralStorage, pods, ip, name } = machine.spec;
  const resources = {
    cpu,
    'ephemeral-storage': ephemeralStorage,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory,
    pods: String(pods),
  };
  const extended = extendedResources(previous.capacity);
  return {
    capacity: { ...resources, ...extended },
    // Whatever the node is said to have can be used. Upstream: nodestatus/setters.go MachineInfo
    allocatable: { ...resources, ...extended },
    conditions: conditions(source),
    addresses: [
      { type: 'InternalIP', address: ip },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    nodeInfo: nodeInfo(machine),
    ...images(source),
    ...(source.volumesInUse.length > 0 ? { volumesInUse: source.volumesInUse } : {}),
    runtimeHandlers: [
      { name: '', features: { recursiveReadOnlyMounts: true, userNamespaces: true } },
      { name: 'runc', features: { recursiveReadOnlyMounts: true, userNamespaces: true } },
    ],
    features: { supplementalGroupsPolicy: true },
    declaredFeatures: [
      'ExtendWebSocketsToKubelet',
      'InPlacePodLevelResourcesVerticalScaling',
      'InPlacePodVerticalScalingInitContainers',
      'RestartAllContainersOnContainerExits',
    ],
  };
}

/** Resources that somebody else has declared for the node. */
function extendedResources(resources: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(resources ?? {}).filter(([name]) => name.includes('/')));
}

function nodeInfo(machine: Machine): corev1.NodeSystemInfo {
  return {
    machineID: machine.machineId,
    systemUUID: machine.machineId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    bootID: machine.bootId,
    kernelVersion: '6.8.0',
    osImage: 'Tabernetes',
    containerRuntimeVersion: 'containerd://2.1.0',
    kubeletVersion: buildVersion.gitVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
}

/** The largest images come first. */
function images({ images: service }: NodeStatusSource): Pick<corev1.NodeStatus, 'images'> {
  const all = [...service.listImages()].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, maxImages);
  if (all.length === 0) return {};
  return { images: all.map(({ imageRef, reference, sizeBytes }) => ({ names: [imageRef, reference], sizeBytes })) };
}

function conditions(source: NodeStatusSource): readonly corev1.NodeCondition[] {
  const { networkError, pressure } = source;
  const ready = networkError === undefined;
  const own = [
    condition(source, 'MemoryPressure', pressure.memory, [
      ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
      ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    ]),
    condition(source, 'DiskPressure', pressure.disk, [
      ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
      ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    ]),
    condition(source, 'PIDPressure', pressure.pid, [
      ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
      ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    ]),
    condition(source, 'Ready', ready, [
      ['KubeletNotReady', networkError ?? ''],
      ['KubeletReady', 'kubelet is posting ready status'],
    ]),
  ];
  const names = new Set(own.map(({ type }) => type));
  return [...(source.previous.conditions ?? []).filter(({ type }) => !names.has(type)), ...own];
}

type Text = readonly [reason: string, message: string];

function condition(
  { now, previous }: NodeStatusSource,
  type: string,
  holds: boolean,
  [whenFalse, whenTrue]: readonly [Text, Text],
): corev1.NodeCondition {
  const status = holds ? 'True' : 'False';
  const [reason, message] = holds ? whenTrue : whenFalse;
  const before = previous.conditions?.find((each) => each.type === type);
  const same = before?.status === status;
  return {
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: (same ? before?.lastTransitionTime : undefined) ?? now,
    reason,
    message,
  };
}
