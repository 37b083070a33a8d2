import type * as corev1 from '../../api/core/v1.ts';
import { KubectlError } from '../errors.ts';

export interface ForwardedPort {
  /** 0 for any. */
  readonly local: number;
  readonly remote: number;
}

/** Reads `8080`, `8080:80`, `:80`, `web`, for a pod or for a service whose ports lead to it. @throws KubectlError */
export function forwardedPorts(
  words: readonly string[],
  pod: corev1.Pod,
  service: corev1.Service | undefined,
): ForwardedPort[] {
  return words.map((word) => {
    const colon = word.indexOf(':');
    const [local, remote] = colon < 0 ? [word, word] : [word.slice(0, colon), word.slice(colon + 1)];
    if (remote === '') throw new KubectlError('remote port cannot be empty');
    const asked = /^\d+$/.test(remote) ? Number(remote) : service ? servicePort(service, remote) : podPort(pod, remote);
    if (isUdpOnly(pod, service, asked)) throw new KubectlError(`UDP protocol is not supported for ${remote}`);
    const target = service === undefined ? asked : containerPort(service, pod, asked);
    const here = colon < 0 ? asked : local === '' ? 0 : Number(local);
    if (!Number.isInteger(here) || here > 65_535) {
      throw new KubectlError(
        `error parsing local port ${JSON.stringify(local)}: strconv.ParseUint: parsing ${JSON.stringify(local)}: invalid syntax`,
      );
    }
    return { local: here, remote: target };
  });
}

function servicePort({ metadata, spec }: corev1.Service, name: string): number {
  const found = spec?.ports?.find((port) => port.name === name);
  if (found === undefined) {
    throw new KubectlError(`Service '${metadata?.name ?? ''}' does not have a named port '${name}'`);
  }
  return found.port;
}

function podPort({ metadata, spec }: corev1.Pod, name: string): number {
  for (const container of spec?.containers ?? []) {
    const found = container.ports?.find((port) => port.name === name);
    if (found !== undefined) return found.containerPort;
  }
  throw new KubectlError(`Pod '${metadata?.name ?? ''}' does not have a named port '${name}'`);
}

/** Upstream: kubectl/pkg/util/service_port.go LookupContainerPortNumberByServicePort (v1.36) */
function containerPort({ metadata, spec }: corev1.Service, pod: corev1.Pod, port: number): number {
  const found = spec?.ports?.find((one) => one.port === port);
  if (found === undefined) {
    throw new KubectlError(`Service ${metadata?.name ?? ''} does not have a service port ${port}`);
  }
  if (spec?.clusterIP === 'None') return port;
  const target = found.targetPort ?? port;
  if (typeof target === 'string') return podPort(pod, target);
  return target === 0 ? port : target;
}

function isUdpOnly(pod: corev1.Pod, service: corev1.Service | undefined, port: number): boolean {
  const protocols =
    service === undefined
      ? (pod.spec?.containers ?? [])
          .flatMap(({ ports = [] }) => ports)
          .filter((one) => one.containerPort === port)
          .map(({ protocol }) => protocol)
      : (service.spec?.ports ?? []).filter((one) => one.port === port).map(({ protocol }) => protocol);
  return protocols.includes('UDP') && !protocols.includes('TCP');
}
