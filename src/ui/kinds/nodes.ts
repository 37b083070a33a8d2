import type * as corev1 from '../../api/core/v1.ts';
import { nodes } from '../../api/resources.ts';
import { defineKind, type StatusView } from './kind-look.ts';
import { bytesOf, milliOf, shortBytes, shortCpu } from './resources-of-pod.ts';
import { symbols } from './symbols.ts';

function status(node: corev1.Node): StatusView {
  const ready = node.status?.conditions?.find((c) => c.type === 'Ready');
  const off = node.spec?.unschedulable ? ', SchedulingDisabled' : '';
  const detail = ready?.message ? { detail: ready.message } : {};
  if (ready?.status === 'True') return { level: off ? 'warning' : 'ok', text: `Ready${off}`, ...detail };
  if (!ready) return { level: 'progress', text: `Starting${off}` };
  return { level: 'error', text: `${ready.status === 'Unknown' ? 'NotReady (silent)' : 'NotReady'}${off}`, ...detail };
}

const rolePrefix = 'node-role.kubernetes.io/';
const rolesOf = (node: corev1.Node) =>
  Object.keys(node.metadata.labels ?? {}).flatMap((key) =>
    key.startsWith(rolePrefix) ? [key.slice(rolePrefix.length)] : [],
  );
const zoneOf = (node: corev1.Node) => node.metadata.labels?.['topology.kubernetes.io/zone'];

export const nodeLook = defineKind<corev1.Node>({
  ref: nodes,
  plural: 'Nodes',
  symbol: symbols.node,
  order: 0,
  status,
  facets: (node) => {
    const allocatable = node.status?.allocatable ?? {};
    const zone = zoneOf(node);
    const ip = node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address;
    return {
      allocatable: {
        cpuMilli: milliOf(allocatable['cpu']),
        memoryBytes: bytesOf(allocatable['memory']),
        pods: bytesOf(allocatable['pods']),
      },
      roles: rolesOf(node),
      unschedulable: node.spec?.unschedulable === true,
      ...(zone ? { zone } : {}),
      ...(ip ? { ip } : {}),
    };
  },
  summary: (node) => {
    const { allocatable = {}, nodeInfo, addresses } = node.status ?? {};
    return [
      { label: 'Roles', value: rolesOf(node).join(', ') || 'worker' },
      {
        label: 'Allocatable',
        value: `cpu ${shortCpu(milliOf(allocatable['cpu']))}, memory ${shortBytes(bytesOf(allocatable['memory']))}, ${allocatable['pods'] ?? 0} pods`,
      },
      ...(addresses ?? []).map((a) => ({ label: a.type, value: a.address, mono: true })),
      ...(node.spec?.podCIDR ? [{ label: 'Pod CIDR', value: node.spec.podCIDR, mono: true }] : []),
      ...(nodeInfo ? [{ label: 'Kubelet', value: nodeInfo.kubeletVersion, mono: true }] : []),
      ...(zoneOf(node) ? [{ label: 'Zone', value: zoneOf(node) ?? '' }] : []),
      ...(node.spec?.taints ?? []).map((t) => ({
        label: 'Taint',
        value: `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`,
        mono: true,
        level: 'warning' as const,
      })),
    ];
  },
});
