import type * as corev1 from '../../api/core/v1.ts';
import { quote } from '../../apimachinery/go-format.ts';
import { describeContainers, describeResources, type EnvResolver } from './containers.ts';
import {
  controllerOf,
  printLabelsAndAnnotations,
  printLabelsMultiline,
  printNames,
  printTolerations,
  rfc1123z,
  since,
  sortedKeys,
} from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { describeSchedulingGroup, describeTopologySpread } from './pod-template.ts';
import { plain } from './session.ts';
import { describeVolumes } from './volumes.ts';

/** Upstream: kubectl/pkg/describe/describe.go describePod (v1.36) */
export const describePod = plain<corev1.Pod>((w, pod, now) => {
  const { spec, status } = pod;
  printPlacement(w, pod);
  printLabelsAndAnnotations(w, pod.metadata);
  printPhase(w, pod, now);
  printAddresses(w, pod);
  if (spec?.resources) {
    w.write(0, 'Resources:\n');
    describeResources(w, spec.resources, 1);
  }
  const common = { space: '', resolve: envResolver(pod) };
  if (spec?.initContainers?.length) {
    const statuses = status?.initContainerStatuses;
    describeContainers(w, spec.initContainers, { ...common, label: 'Init Containers', statuses });
  }
  describeContainers(w, spec?.containers, { ...common, label: 'Containers', statuses: status?.containerStatuses });
  if (spec?.ephemeralContainers?.length) {
    const statuses = status?.ephemeralContainerStatuses;
    describeContainers(w, spec.ephemeralContainers, { ...common, label: 'Ephemeral Containers', statuses });
  }
  printConditions(w, pod);
  describeVolumes(w, spec?.volumes, '');
  w.write(0, `QoS Class:\t${status?.qosClass ?? 'BestEffort'}\n`);
  printLabelsMultiline(w, 'Node-Selectors', spec?.nodeSelector);
  printTolerations(w, 'Tolerations', spec?.tolerations);
  describeTopologySpread(w, spec?.topologySpreadConstraints, '');
  describeSchedulingGroup(w, spec, '');
});

function printPlacement(w: PrefixWriter, { metadata, spec, status }: corev1.Pod): void {
  printNames(w, metadata);
  if (spec?.priority !== undefined) w.write(0, `Priority:\t${spec.priority}\n`);
  if (spec?.priorityClassName) w.write(0, `Priority Class Name:\t${spec.priorityClassName}\n`);
  if (spec?.runtimeClassName) w.write(0, `Runtime Class Name:\t${spec.runtimeClassName}\n`);
  if (spec?.serviceAccountName) w.write(0, `Service Account:\t${spec.serviceAccountName}\n`);
  w.write(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}\n`);
  if (status?.startTime) w.write(0, `Start Time:\t${rfc1123z(status.startTime)}\n`);
}

function printPhase(w: PrefixWriter, { metadata, spec, status }: corev1.Pod, now: number): void {
  const deleted = metadata?.deletionTimestamp;
  if (deleted && status?.phase !== 'Failed' && status?.phase !== 'Succeeded') {
    w.write(0, `Status:\tTerminating (lasts ${since(now, deleted)})\n`);
    w.write(0, `Termination Grace Period:\t${metadata?.deletionGracePeriodSeconds ?? 0}s\n`);
  } else w.write(0, `Status:\t${status?.phase ?? ''}\n`);
  if (status?.reason) w.write(0, `Reason:\t${status.reason}\n`);
  if (status?.message) w.write(0, `Message:\t${status.message}\n`);
  const seccomp = spec?.securityContext?.seccompProfile;
  if (seccomp) w.write(0, `SeccompProfile:\t${seccomp.type}\n`);
  if (seccomp?.type === 'Localhost') w.write(0, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}\n`);
}

function printAddresses(w: PrefixWriter, { metadata, status }: corev1.Pod): void {
  w.write(0, `IP:\t${status?.podIP ?? ''}\n`);
  if (status?.podIPs?.length) {
    w.write(0, 'IPs:\n');
    for (const { ip } of status.podIPs) w.write(1, `IP:\t${ip ?? ''}\n`);
  } else w.write(0, 'IPs:\t<none>\n');
  const controller = controllerOf(metadata);
  if (controller !== '') w.write(0, `Controlled By:\t${controller}\n`);
  if (status?.nominatedNodeName) w.write(0, `NominatedNodeName:\t${status.nominatedNodeName}\n`);
}

function printConditions(w: PrefixWriter, { spec, status }: corev1.Pod): void {
  const conditions = status?.conditions ?? [];
  if (spec?.readinessGates?.length) {
    w.write(0, 'Readiness Gates:\n  Type\tStatus\n');
    for (const { conditionType } of spec.readinessGates) {
      const found = conditions.find(({ type }) => type === conditionType);
      w.write(1, `${conditionType} \t${found?.status ?? '<none>'} \n`);
    }
  }
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\n');
  for (const { type, status: value } of conditions) w.write(1, `${type} \t${value} \n`);
}

/** Upstream: kubectl/pkg/util/fieldpath/fieldpath.go ExtractFieldPathAsString (v1.36) */
function envResolver({ metadata }: corev1.Pod): EnvResolver {
  const listed = (map: Readonly<Record<string, string>> | undefined): string =>
    sortedKeys(map)
      .map((key) => `${key}=${quote(map?.[key] ?? '')}`)
      .join('\n');
  return ({ fieldPath }) => {
    const [, map, key] = /^metadata\.(annotations|labels)\['(.*)'\]$/s.exec(fieldPath) ?? [];
    if (map !== undefined && key !== undefined) return metadata?.[map as 'annotations' | 'labels']?.[key] ?? '';
    switch (fieldPath) {
      case 'metadata.annotations':
        return listed(metadata?.annotations);
      case 'metadata.labels':
        return listed(metadata?.labels);
      case 'metadata.name':
        return metadata?.name ?? '';
      case 'metadata.namespace':
        return metadata?.namespace ?? '';
      case 'metadata.uid':
        return metadata?.uid ?? '';
      default:
        return '';
    }
  };
}
