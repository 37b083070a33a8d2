/** What the runtime is told of a container. Upstream: kubelet_pods.go GenerateRunContainerOptions, kuberuntime_container.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import type { Signal } from '../../../process/signal.ts';
import type { Process } from '../../../process/process.ts';
import { createFileSystem } from '../../../shell/memory-file-system.ts';
import { decode, encode } from '../../../shell/text.ts';
import type { ContainerConfig, ContainerMount, ServedPort } from '../../runtime/runtime-service.ts';
import type { ConfigSource } from '../config-source.ts';
import { makeEnvironmentVariables } from '../environment/environment.ts';
import { expand, mappingFunc } from '../environment/expansion.ts';
import type { PodAddresses } from '../environment/field-path.ts';
import { formatPod, type KubeletHost } from '../kubelet-host.ts';
import type { MountedVolume } from '../volumes/mounted-volume.ts';
import { containerResources } from './container-resources.ts';
import { hashContainer } from './action-plan.ts';
import { getContainerOOMScoreAdjust } from './oom-score.ts';
import { managedHostsFile } from './pod-network.ts';

export interface ContainerConfigSource {
  readonly host: KubeletHost;
  readonly pod: corev1.Pod;
  readonly container: corev1.Container;
  readonly attempt: number;
  readonly addresses: PodAddresses;
  readonly config: ConfigSource;
  readonly services: () => readonly corev1.Service[];
  readonly allocatable: () => Readonly<Record<string, string>>;
  readonly volumes: ReadonlyMap<string, MountedVolume>;
}

/** @throws Error whose message the API shows with CreateContainerConfigError */
export function* generateContainerConfig(source: ContainerConfigSource): Process<ContainerConfig> {
  const { host, pod, container, attempt, volumes } = source;
  const env = yield* makeEnvironmentVariables({
    pod,
    container,
    addresses: source.addresses,
    config: source.config,
    services: source.services(),
    allocatable: source.allocatable(),
    fileKey: (selector) => readEnvFile(volumes, selector),
  });
  verifyRunAsNonRoot(host, pod, container);
  const lookup = mappingFunc(env);
  const { memory = '0' } = source.allocatable();
  const pick = securityContext(pod, container);
  return {
    name: container.name,
    attempt,
    image: container.image ?? '',
    command: (container.command ?? []).map((word) => expand(word, lookup)),
    args: (container.args ?? []).map((word) => expand(word, lookup)),
    workingDir: container.workingDir ?? '',
    env: [...env],
    mounts: makeMounts(source, env),
    ports: servedPorts(container),
    runsToEnd: runsToEnd(pod, container),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    ...stopSignal(container),
    ...pick,
    supplementalGroups: supplementalGroups(pod),
    strictGroups: pod.spec?.securityContext?.supplementalGroupsPolicy === 'Strict',
    readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
    noNewPrivileges: container.securityContext?.allowPrivilegeEscalation === false,
    ...kernelRights(pod, container),
    resources: containerResources(container),
    oomScoreAdjust: getContainerOOMScoreAdjust(pod, container, parseQuantity(memory).value()),
    hash: hashContainer(container),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
  };
}

/** Whether somebody waits for a container's end: the pod for those that initialize it, a Job for its pods. */
function runsToEnd({ metadata, spec }: corev1.Pod, { name, restartPolicy }: corev1.Container): boolean {
  if (spec?.initContainers?.some((one) => one.name === name)) return restartPolicy !== 'Always';
  return metadata.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller === true) ?? false;
}

/** Ports that a container declares, and those that its probes ask. */
function servedPorts(container: corev1.Container): readonly ServedPort[] {
  const ports = new Map<number, boolean>();
  for (const { containerPort, protocol = 'TCP', name = '' } of container.ports ?? []) {
    if (protocol === 'TCP') ports.set(containerPort, name.includes('https') || name.includes('webhook'));
  }
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    const named = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
    const port = typeof named === 'string' ? container.ports?.find(({ name }) => name === named)?.containerPort : named;
    if (port === undefined) continue;
    const isHttps = probe?.httpGet ? probe.httpGet.scheme === 'HTTPS' : (ports.get(port) ?? false);
    ports.set(port, isHttps);
  }
  return [...ports].map(([port, tls]) => ({ port, tls }));
}

const knownSignals: ReadonlySet<string> = new Set<Signal>([
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
]);

function stopSignal(container: corev1.Container): { readonly stopSignal?: Signal } {
  const signal = container.lifecycle?.stopSignal;
  // The set holds only names of this type.
  return signal !== undefined && knownSignals.has(signal) ? { stopSignal: signal as Signal } : {};
}

function securityContext(
  pod: corev1.Pod,
  container: corev1.Container,
): { readonly runAsUser?: number; readonly runAsGroup?: number } {
  const runAsUser = container.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const runAsGroup = container.securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup;
  return { ...(runAsUser === undefined ? {} : { runAsUser }), ...(runAsGroup === undefined ? {} : { runAsGroup }) };
}

/** Upstream: pkg/kubelet/kuberuntime/security_context.go determineEffectiveSecurityContext, helpers.go getSeccompProfile */
function kernelRights(
  pod: corev1.Pod,
  { securityContext: own }: corev1.Container,
): Pick<ContainerConfig, 'capabilities' | 'privileged' | 'seccomp'> {
  const privileged = own?.privileged ?? false;
  const profile = own?.seccompProfile ?? pod.spec?.securityContext?.seccompProfile;
  return {
    ...(own?.capabilities === undefined ? {} : { capabilities: own.capabilities }),
    privileged,
    seccomp: !privileged && profile !== undefined && profile.type !== 'Unconfined',
  };
}

function supplementalGroups(pod: corev1.Pod): readonly number[] {
  const { supplementalGroups: groups = [], fsGroup } = pod.spec?.securityContext ?? {};
  return fsGroup === undefined ? groups : [...groups, fsGroup];
}

/** Upstream: pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot */
function verifyRunAsNonRoot(host: KubeletHost, pod: corev1.Pod, container: corev1.Container): void {
  const required = container.securityContext?.runAsNonRoot ?? pod.spec?.securityContext?.runAsNonRoot;
  if (!required) return;
  const where = `(pod: ${JSON.stringify(formatPod(pod))}, container: ${container.name})`;
  const { runAsUser } = securityContext(pod, container);
  if (runAsUser !== undefined) {
    if (runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  const user = (host.images.imageStatus(container.image ?? '')?.user ?? '').split(':')[0] ?? '';
  if (user === '' || user === '0') throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
  if (!/^\d+$/.test(user))
    throw new Error(
      `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`,
    );
}

function makeMounts(source: ContainerConfigSource, env: ReadonlyMap<string, string>): readonly ContainerMount[] {
  const { host, pod, container, volumes, addresses } = source;
  const mounts = (container.volumeMounts ?? []).flatMap((mount) => {
    const volume = volumes.get(mount.name);
    if (volume) return [toContainerMount(mount, volume, container, env)];
    const image = pod.spec?.volumes?.find(({ name }) => name === mount.name)?.image;
    const fs = image && host.images.imageFileSystem(image.reference ?? '');
    if (fs) return [toContainerMount(mount, { fs, root: '/', readOnly: true, type: 'overlay' }, container, env)];
    throw new Error(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
  });
  const hasHosts = mounts.some(({ containerPath }) => containerPath === '/etc/hosts');
  const wantsHosts = pod.spec?.hostNetwork || addresses.podIPs.length > 0;
  if (hasHosts || !wantsHosts) return mounts;
  const etc = createFileSystem({ now: () => host.sim.now(), type: 'ext4' });
  etc.writeFile('/hosts', encode(managedHostsFile(host, pod, addresses.podIPs)));
  return [...mounts, { containerPath: '/etc/hosts', source: etc, subPath: '/hosts', readOnly: false }];
}

function toContainerMount(
  mount: corev1.VolumeMount,
  volume: MountedVolume,
  container: corev1.Container,
  env: ReadonlyMap<string, string>,
): ContainerMount {
  const subPath = mount.subPathExpr ? expandSubPath(mount.subPathExpr, env) : (mount.subPath ?? '');
  const containerPath = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`;
  const path = subPath === '' ? volume.root : prepareSubPath(volume, subPath, mount, container);
  return {
    containerPath,
    source: volume.fs,
    readOnly: (mount.readOnly ?? false) || volume.readOnly,
    type: volume.type,
    ...(mount.mountPropagation === undefined ? {} : { propagation: mount.mountPropagation }),
    ...(path === '/' ? {} : { subPath: path }),
  };
}

function expandSubPath(expression: string, env: ReadonlyMap<string, string>): string {
  let missing: string | undefined;
  const expanded = expand(expression, (name) => {
    if (!env.has(name)) missing = name;
    return env.get(name);
  });
  if (missing === undefined) return expanded;
  throw new Error(`missing value for ${JSON.stringify(missing)}`);
}

/** The path of a part of a volume; a directory that is not there is made. */
function prepareSubPath(
  volume: MountedVolume,
  subPath: string,
  mount: corev1.VolumeMount,
  container: corev1.Container,
): string {
  if (subPath.startsWith('/')) throw new Error(`error SubPath \`${subPath}\` must not be an absolute path`);
  if (subPath.split('/').includes('..'))
    throw new Error(`unable to provision SubPath \`${subPath}\`: must not contain '..'`);
  const path = volume.root === '/' ? `/${subPath}` : `${volume.root}/${subPath}`;
  try {
    if (!volume.fs.exists(path)) volume.fs.mkdir(path, { parents: true, mode: volume.fs.stat(volume.root).mode });
    return path;
  } catch {
    throw new Error(
      `failed to create subPath directory for volumeMount "${mount.name}" of container "${container.name}"`,
    );
  }
}

/** A variable of an env file in a volume. Upstream: pkg/kubelet/util/env ParseEnv (v1.36) */
function readEnvFile(
  volumes: ReadonlyMap<string, MountedVolume>,
  selector: corev1.FileKeySelector,
): string | undefined {
  const volume = volumes.get(selector.volumeName);
  if (!volume) throw new Error(`cannot find the volume "${selector.volumeName}" referenced by FileKeyRef`);
  const path = `${volume.root === '/' ? '' : volume.root}/${selector.path}`;
  if (!volume.fs.exists(path)) {
    if (selector.optional) return undefined;
    throw new Error("couldn't parse env file");
  }
  for (const line of decode(volume.fs.readFile(path)).split('\n')) {
    const match = /^\s*([^#=\s][^=]*)='?(.*?)'?\s*$/.exec(line);
    if (match?.[1] === selector.key) return match[2] ?? '';
  }
  if (selector.optional) return undefined;
  throw new Error(`environment variable key "${selector.key}" not found in file "${path}"`);
}
