import type * as corev1 from '../../api/core/v1.ts';
import { pods } from '../../api/resources.ts';
import { defineKind, type SummaryRow } from './kind-look.ts';
import { podStatus } from './pod-status.ts';
import { requestsOf, shortBytes, shortCpu } from './resources-of-pod.ts';
import { symbols } from './symbols.ts';

const restarts = (pod: corev1.Pod) =>
  (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0);

function summary(pod: corev1.Pod): SummaryRow[] {
  const { spec, status } = pod;
  const ready = (status?.containerStatuses ?? []).filter((c) => c.ready).length;
  const { cpuMilli, memoryBytes } = requestsOf(pod);
  const rows: SummaryRow[] = [
    { label: 'Ready', value: `${ready}/${spec?.containers.length ?? 0} containers` },
    { label: 'Restarts', value: String(restarts(pod)), ...(restarts(pod) > 0 ? { level: 'warning' as const } : {}) },
  ];
  if (spec?.nodeName)
    rows.push({ label: 'Node', value: spec.nodeName, link: { kind: 'Node', namespace: '', name: spec.nodeName } });
  if (status?.podIP) rows.push({ label: 'Pod IP', value: status.podIP, mono: true });
  if (status?.qosClass) rows.push({ label: 'QoS class', value: status.qosClass });
  rows.push({ label: 'Requests', value: `cpu ${shortCpu(cpuMilli)}, memory ${shortBytes(memoryBytes)}` });
  if (spec?.serviceAccountName) rows.push({ label: 'Service account', value: spec.serviceAccountName });
  for (const container of spec?.containers ?? [])
    rows.push({ label: `Image (${container.name})`, value: container.image ?? '', mono: true });
  return rows;
}

export const podLook = defineKind<corev1.Pod>({
  ref: pods,
  plural: 'Pods',
  symbol: symbols.pod,
  order: 10,
  status: podStatus,
  facets: (pod) => {
    const statuses = pod.status?.containerStatuses ?? [];
    const claims = (pod.spec?.volumes ?? []).flatMap((v) =>
      v.persistentVolumeClaim
        ? [v.persistentVolumeClaim.claimName]
        : v.ephemeral
          ? [`${pod.metadata?.name ?? ''}-${v.name}`]
          : [],
    );
    return {
      ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      ...(pod.status?.podIP ? { ip: pod.status.podIP } : {}),
      ...requestsOf(pod),
      count: { ready: statuses.filter((c) => c.ready).length, desired: pod.spec?.containers.length ?? 0 },
      containers: [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].map((c) => c.name),
      ...(claims.length > 0 ? { claims } : {}),
    };
  },
  summary,
});
