import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings, quote } from '../../apimachinery/go-format.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { goBool, goList, noneIfEmpty, rfc1123z, sortedKeys } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';

/** Finds the value of a variable that names a field of the pod. */
export type EnvResolver = (fieldRef: corev1.ObjectFieldSelector) => string;

interface Options {
  readonly label: string;
  readonly space: string;
  readonly statuses?: readonly corev1.ContainerStatus[] | undefined;
  readonly resolve?: EnvResolver;
}

/** Upstream: kubectl/pkg/describe/describe.go describeContainers (v1.36) */
export function describeContainers(
  w: PrefixWriter,
  containers: readonly corev1.Container[] | undefined,
  { label, space, statuses, resolve }: Options,
): void {
  w.write(0, `${space}${label}:${containers?.length ? '' : ' <none>'}\n`);
  for (const container of containers ?? []) {
    const status = statuses?.find(({ name }) => name === container.name);
    w.write(1, `${space === '' ? '' : ' '}${container.name}:\n`);
    printBasics(w, container, status);
    printLines(w, 'Command', container.command);
    printLines(w, 'Args', container.args);
    if (status !== undefined) printStatus(w, status);
    describeResources(w, container.resources, 2);
    printProbes(w, container);
    printEnvFrom(w, container.envFrom);
    printEnv(w, container, resolve);
    printMounts(w, container);
  }
}

function printBasics(w: PrefixWriter, container: corev1.Container, status: corev1.ContainerStatus | undefined): void {
  if (status) w.write(2, `Container ID:\t${status.containerID ?? ''}\n`);
  w.write(2, `Image:\t${container.image ?? ''}\n`);
  if (status) w.write(2, `Image ID:\t${status.imageID}\n`);
  const text = (number: (port: corev1.ContainerPort) => number) =>
    (container.ports ?? [])
      .map((port) => `${number(port)}/${port.protocol ?? ''}${port.name ? ` (${port.name})` : ''}`)
      .join(', ');
  const ports = text((port) => port.containerPort);
  const hostPorts = text((port) => port.hostPort ?? 0);
  w.write(2, `${ports.includes(',') ? 'Ports' : 'Port'}:\t${noneIfEmpty(ports)}\n`);
  w.write(2, `${hostPorts.includes(',') ? 'Host Ports' : 'Host Port'}:\t${noneIfEmpty(hostPorts)}\n`);
  const seccomp = container.securityContext?.seccompProfile;
  if (seccomp) w.write(2, `SeccompProfile:\t${seccomp.type}\n`);
  if (seccomp?.type === 'Localhost') w.write(3, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}\n`);
}

function printLines(w: PrefixWriter, title: string, texts: readonly string[] | undefined): void {
  if (!texts?.length) return;
  w.write(2, `${title}:\n`);
  for (const text of texts) for (const line of text.split('\n')) w.write(3, `${line}\n`);
}

/** Limits and requests. */
export function describeResources(
  w: PrefixWriter,
  resources: corev1.ResourceRequirements | undefined,
  level: number,
): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = sortedKeys(list);
    if (names.length > 0) w.write(level, `${title}:\n`);
    for (const name of names) w.write(level + 1, `${name}:\t${list?.[name]}\n`);
  }
}

function printStatus(w: PrefixWriter, status: corev1.ContainerStatus): void {
  printState(w, 'State', status.state);
  if (status.lastState?.terminated) printState(w, 'Last State', status.lastState);
  w.write(2, `Ready:\t${goBool(status.ready)}\n`);
  w.write(2, `Restart Count:\t${status.restartCount}\n`);
}

function printState(w: PrefixWriter, title: string, state: corev1.ContainerState | undefined): void {
  if (state?.running) {
    w.write(2, `${title}:\tRunning\n`);
    return w.write(3, `Started:\t${rfc1123z(state.running.startedAt)}\n`);
  }
  if (!state?.terminated) {
    w.write(2, `${title}:\tWaiting\n`);
    if (state?.waiting?.reason) w.write(3, `Reason:\t${state.waiting.reason}\n`);
    return;
  }
  const { reason, message, exitCode, signal = 0, startedAt, finishedAt } = state.terminated;
  w.write(2, `${title}:\tTerminated\n`);
  if (reason) w.write(3, `Reason:\t${reason}\n`);
  if (message) w.write(3, `Message:\t${message}\n`);
  w.write(3, `Exit Code:\t${exitCode}\n`);
  if (signal > 0) w.write(3, `Signal:\t${signal}\n`);
  w.write(3, `Started:\t${rfc1123z(startedAt)}\n`);
  w.write(3, `Finished:\t${rfc1123z(finishedAt)}\n`);
}

function printProbes(w: PrefixWriter, container: corev1.Container): void {
  if (container.livenessProbe) w.write(2, `Liveness:\t${describeProbe(container.livenessProbe)}\n`);
  if (container.readinessProbe) w.write(2, `Readiness:\t${describeProbe(container.readinessProbe)}\n`);
  if (container.startupProbe) w.write(2, `Startup:\t${describeProbe(container.startupProbe)}\n`);
}

/** Upstream: kubectl/pkg/describe/describe.go DescribeProbe (v1.36) */
export function describeProbe(probe: corev1.Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0 } = probe;
  const numbers = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec) return `exec ${goList(probe.exec.command)} ${numbers}`;
  if (probe.httpGet) return `http-get ${probeUrl(probe.httpGet)} ${numbers}`;
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${numbers}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${numbers}`;
  return `unknown ${numbers}`;
}

function probeUrl({ scheme, host = '', port, path = '' }: corev1.HTTPGetAction): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const escaped = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  return `${(scheme ?? '').toLowerCase()}://${address}${escaped === '' || escaped.startsWith('/') ? '' : '/'}${escaped}`;
}

function printEnvFrom(w: PrefixWriter, sources: readonly corev1.EnvFromSource[] | undefined): void {
  if (!sources?.length) return;
  w.write(2, 'Environment Variables from:\n');
  for (const { configMapRef, secretRef, prefix = '' } of sources) {
    const from = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : '';
    const { name = '', optional = false } = configMapRef ?? secretRef ?? {};
    w.write(3, `${name}\t${from}${prefix === '' ? '' : ` with prefix '${prefix}'`}\tOptional: ${optional}\n`);
  }
}

function printEnv(w: PrefixWriter, container: corev1.Container, resolve: EnvResolver | undefined): void {
  w.write(2, `Environment:${container.env?.length ? '' : '\t<none>'}\n`);
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (!valueFrom) {
      value.split('\n').forEach((line, index) => w.write(3, `${index === 0 ? `${name}:` : ''}\t${line}\n`));
      continue;
    }
    const text = sourceText(valueFrom, container, resolve);
    if (text !== undefined) w.write(3, `${name}:\t${text}\n`);
  }
}

function sourceText(
  { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef }: corev1.EnvVarSource,
  container: corev1.Container,
  resolve: EnvResolver | undefined,
): string | undefined {
  if (fieldRef) return `${resolve?.(fieldRef) ?? ''} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`;
  if (resourceFieldRef) {
    const { resource } = resourceFieldRef;
    const value = containerResourceValue(resourceFieldRef, container) ?? '';
    const ofNode = value === '0' && (resource === 'limits.cpu' || resource === 'limits.memory');
    return `${ofNode ? 'node allocatable' : value} (${resource})`;
  }
  if (secretKeyRef) {
    const { key, name = '', optional = false } = secretKeyRef;
    return `<set to the key '${key}' in secret '${name}'>\tOptional: ${optional}`;
  }
  if (configMapKeyRef) {
    const { key, name = '', optional = false } = configMapKeyRef;
    return `<set to the key '${key}' of config map '${name}'>\tOptional: ${optional}`;
  }
  return undefined;
}

/** In units of the divisor, rounded up; undefined for what is no resource. Upstream: kubectl/pkg/util/resource/resource.go (v1.36) */
export function containerResourceValue(
  { resource, divisor = '1' }: corev1.ResourceFieldSelector,
  container: corev1.Container,
): string | undefined {
  const [, list, name = ''] = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/.exec(resource) ?? [];
  if (list === undefined) return undefined;
  const amount = parseQuantity(container.resources?.[list === 'limits' ? 'limits' : 'requests']?.[name] ?? '0');
  const unit = parseQuantity(divisor === '0' ? '1' : divisor);
  const [value, per] = name === 'cpu' ? [amount.milliValue(), unit.milliValue()] : [amount.value(), unit.value()];
  return String(Math.ceil(value / per));
}

function printMounts(w: PrefixWriter, { volumeMounts = [], volumeDevices = [] }: corev1.Container): void {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  w.write(2, `Mounts:${none}\n`);
  for (const mount of [...volumeMounts].sort((a, b) => compareStrings(a.mountPath, b.mountPath))) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${quote(mount.subPath)}`] : [])];
    w.write(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})\n`);
  }
  if (volumeDevices.length === 0) return;
  w.write(2, `Devices:${none}\n`);
  for (const device of [...volumeDevices].sort((a, b) => compareStrings(a.devicePath, b.devicePath))) {
    w.write(3, `${device.devicePath} from ${device.name}\n`);
  }
}
