import type * as corev1 from '../../api/core/v1.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const anyIp = '0.0.0.0';

/** The host ports of containers that run as long as the pod does. Upstream: pkg/scheduler/util/utils.go GetHostPorts (v1.36) */
export function getHostPorts(pod: corev1.Pod): readonly HostPort[] {
  const found: HostPort[] = [];
  const collect = (container: corev1.Container) => {
    for (const { hostIP, protocol, hostPort } of container.ports ?? []) {
      if (hostPort) found.push({ ip: hostIP || anyIp, protocol: protocol || 'TCP', port: hostPort });
    }
  };
  for (const container of pod.spec?.initContainers ?? []) if (container.restartPolicy === 'Always') collect(container);
  for (const container of pod.spec?.containers ?? []) collect(container);
  return found;
}

/** The host ports that are taken on a node. Upstream: kube-scheduler/framework/types.go HostPortInfo (v1.36) */
export class HostPortInfo {
  readonly #ips = new Map<string, Set<string>>();

  static of(ports: readonly HostPort[]): HostPortInfo {
    const info = new HostPortInfo();
    for (const port of ports) info.add(port);
    return info;
  }
  clone(): HostPortInfo {
    const copy = new HostPortInfo();
    for (const [ip, ports] of this.#ips) copy.#ips.set(ip, new Set(ports));
    return copy;
  }
  add({ ip, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const ports = this.#ips.get(ip);
    if (ports) ports.add(key);
    else this.#ips.set(ip, new Set([key]));
  }
  remove({ ip, protocol, port }: HostPort): void {
    const ports = this.#ips.get(ip);
    ports?.delete(`${protocol}/${port}`);
    if (ports?.size === 0) this.#ips.delete(ip);
  }
  conflicts({ ip, protocol, port }: HostPort): boolean {
    if (this.#ips.size === 0) return false;
    const key = `${protocol}/${port}`;
    if (ip !== anyIp) return (this.#ips.get(anyIp)?.has(key) ?? false) || (this.#ips.get(ip)?.has(key) ?? false);
    for (const ports of this.#ips.values()) if (ports.has(key)) return true;
    return false;
  }
}
