import { podLimits, podRequests } from '../../api/core/pod-resources.ts';
import { addResources, type ResourceList } from '../../api/core/resource-list.ts';
import type * as coordinationv1 from '../../api/coordination/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type * as resourcev1 from '../../api/resource/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import { isForbidden } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import { noneIfEmpty, printLabelsAndAnnotations, printTaints, rfc1123z, since, sortedKeys } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { type Describe, listAll, type Session } from './session.ts';

const rolePrefix = 'node-role.kubernetes.io/';
const maxPools = 10;
const zero = parseQuantity('0');

/** Upstream: kubectl/pkg/describe/describe.go describeNode (v1.36) */
export const describeNode: Describe = function* (object, session) {
  const node = object as unknown as corev1.Node;
  const { metadata, spec, status } = node;
  const { w, now } = session;
  const name = metadata?.name ?? '';
  const pods = yield* podsOn(session, name);
  const slices = yield* slicesOn(session, name);
  w.write(0, `Name:\t${name}\n`);
  w.write(0, `Roles:\t${noneIfEmpty(findNodeRoles(node).join(','))}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  printTaints(w, spec?.taints);
  w.write(0, `Unschedulable:\t${spec?.unschedulable ?? false}\n`);
  yield* printLease(session, name);
  printConditions(w, status?.conditions);
  w.write(0, 'Addresses:\n');
  for (const { type, address } of status?.addresses ?? []) w.write(1, `${type}:\t${address}\n`);
  printAmounts(w, 'Capacity', status?.capacity);
  printAmounts(w, 'Allocatable', status?.allocatable);
  printSlices(w, slices);
  printSystemInfo(w, status?.nodeInfo);
  if (spec?.podCIDR) w.write(0, `PodCIDR:\t${spec.podCIDR}\n`);
  if (spec?.podCIDRs?.length) w.write(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}\n`);
  if (spec?.providerID) w.write(0, `ProviderID:\t${spec.providerID}\n`);
  if (pods === undefined) w.write(0, 'Pods:\tnot authorized\n');
  else printPods(w, node, pods, now);
};

/** Names behind the role prefix, and the older label. */
export function findNodeRoles({ metadata }: corev1.Node): string[] {
  const roles = Object.entries(metadata?.labels ?? {}).map(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length);
    return key === 'kubernetes.io/role' ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort(compareStrings);
}

function* podsOn(session: Session, name: string): Process<corev1.Pod[] | undefined> {
  const fieldSelector = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`;
  try {
    return yield* listAll<corev1.Pod>(session, '/api/v1/pods', { fieldSelector });
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

function* slicesOn(session: Session, name: string): Process<resourcev1.ResourceSlice[]> {
  try {
    const path = '/apis/resource.k8s.io/v1/resourceslices';
    return yield* listAll<resourcev1.ResourceSlice>({ ...session, chunkSize: 0 }, path, {
      fieldSelector: `spec.nodeName=${name}`,
    });
  } catch {
    return [];
  }
}

function* printLease({ w, factory }: Session, name: string): Process<void> {
  let lease: coordinationv1.Lease;
  try {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${encodeURIComponent(name)}`;
    lease = yield* factory.rest.json<coordinationv1.Lease>({ path });
  } catch (error) {
    return w.write(0, `Lease:\tFailed to get lease: ${errorText(error)}\n`);
  }
  const { holderIdentity, acquireTime, renewTime } = lease.spec ?? {};
  w.write(0, 'Lease:\n');
  w.write(1, `HolderIdentity:\t${holderIdentity ?? '<unset>'}\n`);
  w.write(1, `AcquireTime:\t${acquireTime ? rfc1123z(acquireTime) : '<unset>'}\n`);
  w.write(1, `RenewTime:\t${renewTime ? rfc1123z(renewTime) : '<unset>'}\n`);
}

function printConditions(w: PrefixWriter, conditions: readonly corev1.NodeCondition[] | undefined): void {
  if (!conditions?.length) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const { type, status, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of conditions) {
    const times = `${rfc1123z(lastHeartbeatTime)} \t${rfc1123z(lastTransitionTime)}`;
    w.write(1, `${type} \t${status} \t${times} \t${reason} \t${message}\n`);
  }
}

function printAmounts(w: PrefixWriter, title: string, list: Readonly<Record<string, string>> | undefined): void {
  const names = sortedKeys(list);
  if (names.length === 0) return;
  w.write(0, `${title}:\n`);
  for (const name of names) w.write(1, `${name}:\t${list?.[name]}\n`);
}

function printSlices(w: PrefixWriter, slices: readonly resourcev1.ResourceSlice[]): void {
  const pools = new Map<string, { driver: string; pool: string; slices: number; devices: number }>();
  for (const { spec } of slices) {
    const key = `${spec.driver}/${spec.pool.name}`;
    const pool = pools.get(key) ?? { driver: spec.driver, pool: spec.pool.name, slices: 0, devices: 0 };
    pools.set(key, { ...pool, slices: pool.slices + 1, devices: pool.devices + (spec.devices?.length ?? 0) });
  }
  if (pools.size === 0) return;
  w.write(0, 'Node-Local ResourceSlices:\n');
  w.write(1, 'Driver\tPool\tSlices\tDevices\n');
  w.write(1, '------\t----\t------\t-------\n');
  const sorted = [...pools].sort(([a], [b]) => compareStrings(a, b));
  for (const [, pool] of sorted.slice(0, maxPools)) {
    w.write(1, `${pool.driver}\t${pool.pool}\t${pool.slices}\t${pool.devices}\n`);
  }
  if (sorted.length > maxPools) w.write(1, `...and ${sorted.length - maxPools} more pools\n`);
}

function printSystemInfo(w: PrefixWriter, info: corev1.NodeSystemInfo | undefined): void {
  w.write(0, 'System Info:\n');
  w.write(1, `Machine ID:\t${info?.machineID ?? ''}\n`);
  w.write(1, `System UUID:\t${info?.systemUUID ?? ''}\n`);
  w.write(1, `Boot ID:\t${info?.bootID ?? ''}\n`);
  w.write(1, `Kernel Version:\t${info?.kernelVersion ?? ''}\n`);
  w.write(1, `OS Image:\t${info?.osImage ?? ''}\n`);
  w.write(1, `Operating System:\t${info?.operatingSystem ?? ''}\n`);
  w.write(1, `Architecture:\t${info?.architecture ?? ''}\n`);
  w.write(1, `Container Runtime Version:\t${info?.containerRuntimeVersion ?? ''}\n`);
  w.write(1, `Kubelet Version:\t${info?.kubeletVersion ?? ''}\n`);
}

/** Upstream: kubectl/pkg/describe/describe.go describeNodeResource (v1.36) */
function printPods(w: PrefixWriter, { status }: corev1.Node, pods: readonly corev1.Pod[], now: number): void {
  const allocatable = status?.allocatable ?? status?.capacity ?? {};
  const share = (name: string, amount: Quantity): string => {
    const whole = parseQuantity(allocatable[name] ?? '0');
    const [part, all] = name === 'cpu' ? [amount.milliValue(), whole.milliValue()] : [amount.value(), whole.value()];
    return `${amount} (${all === 0 ? 0 : Math.trunc((part / all) * 100)}%)`;
  };
  const cell = (name: string, amounts: ResourceList): string => share(name, amounts.get(name) ?? zero);
  w.write(0, `Non-terminated Pods:\t(${pods.length} in total)\n`);
  w.write(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n');
  w.write(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  for (const pod of pods) {
    const [requests, limits] = [podRequests(pod, { useStatus: true }), podLimits(pod, { useStatus: true })];
    const { namespace = '', name = '', creationTimestamp } = pod.metadata ?? {};
    const cells = [cell('cpu', requests), cell('cpu', limits), cell('memory', requests), cell('memory', limits)];
    w.write(1, `${namespace}\t${name}\t\t${cells.join('\t')}\t${since(now, creationTimestamp)}\n`);
  }
  w.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  w.write(1, 'Resource\tRequests\tLimits\n');
  w.write(1, '--------\t--------\t------\n');
  const sum = (amounts: (pod: corev1.Pod) => ResourceList) =>
    pods.map((pod) => amounts(pod)).reduce(addResources, new Map());
  const [requests, limits] = [sum(podRequests), sum(podLimits)];
  const standard = ['cpu', 'memory', 'ephemeral-storage'];
  const names = sortedKeys(allocatable);
  const hugePages = names.filter((name) => name.startsWith('hugepages-'));
  for (const name of [...standard, ...hugePages]) {
    w.write(1, `${name}\t${cell(name, requests)}\t${cell(name, limits)}\n`);
  }
  for (const name of names) {
    if (standard.includes(name) || hugePages.includes(name) || name === 'pods') continue;
    w.write(1, `${name}\t${requests.get(name) ?? zero}\t${limits.get(name) ?? zero}\n`);
  }
}
