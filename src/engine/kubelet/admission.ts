/** Whether a node can take a pod that was bound to it. Upstream: pkg/kubelet/lifecycle/predicate.go (v1.36) */
import { RequiredNodeAffinity } from '../../api/core/node-affinity.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import { podRequests, podRequestValues } from './pod-resources.ts';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Kernel parameters of a pod's own that any pod may set. Upstream: pkg/kubelet/sysctl/safe_sysctls.go (v1.36) */
const safeSysctls: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/** Gives why not; undefined admits. */
export function canAdmitPod(
  pod: corev1.Pod,
  node: corev1.Node | undefined,
  activePods: readonly corev1.Pod[],
): Rejection | undefined {
  if (!node) return { reason: 'InvalidNodeInfo', message: 'Kubelet cannot get node info.' };
  if (pod.spec?.os && pod.spec.os.name !== 'linux')
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const sysctl = pod.spec?.securityContext?.sysctls?.find(({ name }) => !safeSysctls.has(name.replaceAll('/', '.')));
  if (sysctl) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${sysctl.name}" not allowlisted` };
  const others = activePods.filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  return (
    fitsResources(pod, node, others) ?? matchesNode(pod, node) ?? fitsPorts(pod, others) ?? toleratesTaints(pod, node)
  );
}

function fitsResources(pod: corev1.Pod, node: corev1.Node, others: readonly corev1.Pod[]): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const maxPods =
    allocatable['pods'] === undefined ? Number.POSITIVE_INFINITY : parseQuantity(allocatable['pods']).value();
  if (others.length + 1 > maxPods) return outOf('pods', { requested: 1, used: others.length, capacity: maxPods });
  const wanted = [...podRequests(pod)].filter(
    ([name, amount]) => !amount.isZero && (allocatable[name] !== undefined || !name.includes('/')),
  );
  const used = wanted.map(() => 0);
  for (const other of others) {
    const values = podRequestValues(other);
    for (let i = 0; i < wanted.length; i++) used[i] = (used[i] ?? 0) + (values.get(wanted[i]?.[0] ?? '') ?? 0);
  }
  for (const [i, [name, amount]] of wanted.entries()) {
    const value = (quantity: Quantity) => (name === 'cpu' ? quantity.milliValue() : quantity.value());
    const amounts = {
      requested: value(amount),
      used: used[i] ?? 0,
      capacity: value(parseQuantity(allocatable[name] ?? '0')),
    };
    if (amounts.requested > amounts.capacity - amounts.used) return outOf(name, amounts);
  }
  return undefined;
}

function outOf(
  name: string,
  { requested, used, capacity }: { readonly requested: number; readonly used: number; readonly capacity: number },
): Rejection {
  return {
    reason: `OutOf${name}`,
    message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

const predicate = (reason: string, text: string): Rejection => ({
  reason,
  message: `Predicate ${reason} failed: ${text}`,
});

function matchesNode(pod: corev1.Pod, node: corev1.Node): Rejection | undefined {
  if (new RequiredNodeAffinity(pod).matches(node)) return undefined;
  return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
}

function fitsPorts(pod: corev1.Pod, others: readonly corev1.Pod[]): Rejection | undefined {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return undefined;
  const taken = others.flatMap(hostPorts);
  const clash = wanted.some((a) =>
    taken.some((b) => a.port === b.port && a.protocol === b.protocol && sameIP(a.ip, b.ip)),
  );
  return clash ? predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports") : undefined;
}

const anyIP = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';
const sameIP = (a: string, b: string): boolean => a === b || anyIP(a) || anyIP(b);

function hostPorts(
  pod: corev1.Pod,
): readonly { readonly port: number; readonly protocol: string; readonly ip: string }[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP', hostIP = '' }) =>
      hostPort ? [{ port: hostPort, protocol, ip: hostIP }] : [],
    ),
  );
}

/** Only NoExecute taints keep a bound pod from running, and static pods not even those. */
function toleratesTaints(pod: corev1.Pod, node: corev1.Node): Rejection | undefined {
  if (pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file') return undefined;
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  const tolerations = pod.spec?.tolerations ?? [];
  const untolerated = taints.some((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
  return untolerated ? predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate") : undefined;
}

function tolerates(toleration: corev1.Toleration, taint: corev1.Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
}
