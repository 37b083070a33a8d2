import type * as corev1 from '../../../api/core/v1.ts';
import type { DnsConfig, HostPort } from '../../runtime/runtime-service.ts';
import type { KubeletHost } from '../kubelet-host.ts';

export interface HostNameAndDomain {
  readonly hostname: string;
  /** `sub.ns.svc.cluster.local`; empty without a subdomain. */
  readonly domain: string;
}

/**
 * The host name of a pod.
 *
 * Upstream: pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain (v1.36)
 */
export function podHostNameAndDomain(pod: corev1.Pod, clusterDomain: string): HostNameAndDomain {
  const { hostnameOverride, hostname, subdomain } = pod.spec ?? {};
  const { name = '', namespace = '' } = pod.metadata;
  if (hostnameOverride !== undefined) return { hostname: truncate(hostnameOverride), domain: '' };
  return {
    hostname: truncate(hostname || name),
    domain: subdomain ? `${subdomain}.${namespace}.svc.${clusterDomain}` : '',
  };
}

const truncate = (name: string): string => (name.length <= 63 ? name : name.slice(0, 63).replace(/[-.]+$/, ''));

/** The host name that processes see. */
export function sandboxHostname(host: KubeletHost, pod: corev1.Pod): string {
  if (pod.spec?.hostNetwork) return host.nodeName;
  const { hostname, domain } = podHostNameAndDomain(pod, host.clusterDomain);
  return pod.spec?.setHostnameAsFQDN && domain ? `${hostname}.${domain}` : hostname;
}

/** The name of a pod with a subdomain, which its own hosts file knows. */
export function fullNameOf(host: KubeletHost, pod: corev1.Pod): { readonly fullName?: string } {
  const { hostname, domain } = podHostNameAndDomain(pod, host.clusterDomain);
  return domain && !pod.spec?.hostNetwork ? { fullName: `${hostname}.${domain}` } : {};
}

/**
 * The resolver configuration of a pod.
 *
 * Upstream: pkg/kubelet/network/dns/dns.go GetPodDNS (v1.36)
 */
export function podDNS(host: KubeletHost, pod: corev1.Pod): DnsConfig {
  const base = policyDNS(host, pod);
  const extra = pod.spec?.dnsConfig;
  if (!extra) return base;
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name, value } of extra.options ?? [])
    if (name) options.set(name, value === undefined ? name : `${name}:${value}`);
  return {
    servers: [...new Set([...base.servers, ...(extra.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(extra.searches ?? [])])],
    options: [...options.values()],
  };
}

const hostDNS: DnsConfig = { servers: ['10.0.0.2'], searches: [], options: [] };

function policyDNS(host: KubeletHost, pod: corev1.Pod): DnsConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork = false } = pod.spec ?? {};
  if (dnsPolicy === 'None') return { servers: [], searches: [], options: [] };
  if (dnsPolicy === 'Default' || (dnsPolicy === 'ClusterFirst' && hostNetwork)) return hostDNS;
  const { clusterDomain, clusterDNS } = host;
  const namespace = pod.metadata.namespace ?? '';
  const searches = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain, ...hostDNS.searches];
  return { servers: clusterDNS, searches, options: ['ndots:5'] };
}

/** Upstream: pkg/kubelet/sysctl/util.go ConvertPodSysctlsVariableToDotsSeparator (v1.36) */
export function podSysctls(pod: corev1.Pod): Readonly<Record<string, string>> {
  const sysctls = pod.spec?.securityContext?.sysctls ?? [];
  return Object.fromEntries(sysctls.map(({ name, value }) => [name.replaceAll('/', '.'), value]));
}

/** Ports of the node that lead into a pod. */
export function podHostPorts(pod: corev1.Pod): readonly HostPort[] {
  if (pod.spec?.hostNetwork) return [];
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ protocol = 'TCP', hostIP = '', hostPort, containerPort }) =>
      hostPort ? [{ protocol, hostIP, hostPort, containerPort }] : [],
    ),
  );
}

/**
 * `/etc/hosts` of a pod.
 *
 * Upstream: pkg/kubelet/kubelet_pods.go managedHostsFileContent (v1.36)
 */
export function managedHostsFile(host: KubeletHost, pod: corev1.Pod, podIPs: readonly string[]): string {
  const aliases = pod.spec?.hostAliases ?? [];
  const added = aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`);
  const tail = added.length > 0 ? `\n# Entries added by HostAliases.\n${added.join('')}` : '';
  if (pod.spec?.hostNetwork)
    return `# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n${host.nodeIP}\t${host.nodeName}\n${tail}`;
  const { hostname, domain } = podHostNameAndDomain(pod, host.clusterDomain);
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname;
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    ...podIPs.map((ip) => `${ip}\t${names}\n`),
    tail,
  ].join('');
}
