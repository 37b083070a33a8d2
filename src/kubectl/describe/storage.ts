import type * as policyv1 from '../../api/policy/v1.ts';
import type * as schedulingv1 from '../../api/scheduling/v1.ts';
import type * as storagev1 from '../../api/storage/v1.ts';
import { formatLabels, formatLabelSelector } from '../../apimachinery/labels.ts';
import { goBoolPointer, goList, printLabelsAndAnnotations, printNames, rfc1123z } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { plain } from './session.ts';

const isDefault = (annotations: Readonly<Record<string, string>> | undefined): string =>
  annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
  annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
    ? 'Yes'
    : 'No';

/** Upstream: kubectl/pkg/describe/describe.go describeStorageClass (v1.36) */
export const describeStorageClass = plain<storagev1.StorageClass>((w, storageClass) => {
  const { metadata, provisioner, parameters, mountOptions } = storageClass;
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  w.write(0, `IsDefaultClass:\t${isDefault(metadata?.annotations)}\n`);
  w.write(0, `Annotations:\t${formatLabels(metadata?.annotations)}\n`);
  w.write(0, `Provisioner:\t${provisioner}\n`);
  w.write(0, `Parameters:\t${formatLabels(parameters)}\n`);
  w.write(0, `AllowVolumeExpansion:\t${goBoolPointer(storageClass.allowVolumeExpansion)}\n`);
  w.write(0, mountOptions?.length ? 'MountOptions:\n' : 'MountOptions:\t<none>\n');
  for (const option of mountOptions ?? []) w.write(1, `${option}\n`);
  if (storageClass.reclaimPolicy !== undefined) w.write(0, `ReclaimPolicy:\t${storageClass.reclaimPolicy}\n`);
  if (storageClass.volumeBindingMode !== undefined) {
    w.write(0, `VolumeBindingMode:\t${storageClass.volumeBindingMode}\n`);
  }
  if (storageClass.allowedTopologies) printTopologies(w, storageClass.allowedTopologies);
});

function printTopologies(w: PrefixWriter, terms: NonNullable<storagev1.StorageClass['allowedTopologies']>): void {
  w.write(0, 'AllowedTopologies:\t');
  if (terms.length === 0) return w.line('<none>');
  w.line();
  terms.forEach(({ matchLabelExpressions }, index) => {
    w.write(1, `Term ${index}:\t`);
    if (!matchLabelExpressions?.length) return w.line('<none>');
    matchLabelExpressions.forEach(({ key, values }, at) => {
      if (at > 0) w.write(1, '\t');
      w.write(0, `${key} in${values.length > 0 ? ` [${values.join(', ')}]` : ''}\n`);
    });
  });
}

/** Upstream: kubectl/pkg/describe/describe.go describeVolumeAttributesClass (v1.36) */
export const describeVolumeAttributesClass = plain<storagev1.VolumeAttributesClass>((w, attributesClass) => {
  const { metadata, driverName, parameters } = attributesClass;
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  w.write(0, `Annotations:\t${formatLabels(metadata?.annotations)}\n`);
  w.write(0, `DriverName:\t${driverName}\n`);
  w.write(0, `Parameters:\t${formatLabels(parameters)}\n`);
});

/** Upstream: kubectl/pkg/describe/describe.go describeCSINode (v1.36) */
export const describeCsiNode = plain<storagev1.CSINode>((w, { metadata, spec }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  w.write(0, 'Spec:\n');
  if (spec.drivers) w.write(1, 'Drivers:\n');
  for (const { name, nodeID, allocatable, topologyKeys } of spec.drivers ?? []) {
    w.write(2, `${name}:\n`);
    w.write(3, `Node ID:\t${nodeID}\n`);
    if (allocatable?.count !== undefined) {
      w.write(3, 'Allocatables:\n');
      w.write(4, `Count:\t${allocatable.count}\n`);
    }
    if (topologyKeys) w.write(3, `Topology Keys:\t${goList(topologyKeys)}\n`);
  }
});

/** Upstream: kubectl/pkg/describe/describe.go describePodDisruptionBudgetV1 (v1.36) */
export const describePodDisruptionBudget = plain<policyv1.PodDisruptionBudget>((w, { metadata, spec, status }) => {
  printNames(w, metadata);
  if (spec?.minAvailable !== undefined) w.write(0, `Min available:\t${spec.minAvailable}\n`);
  else if (spec?.maxUnavailable !== undefined) w.write(0, `Max unavailable:\t${spec.maxUnavailable}\n`);
  w.write(0, `Selector:\t${spec?.selector ? formatLabelSelector(spec.selector) : '<unset>'}\n`);
  w.write(0, 'Status:\n');
  w.write(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}\n`);
  w.write(2, `Current:\t${status?.currentHealthy ?? 0}\n`);
  w.write(2, `Desired:\t${status?.desiredHealthy ?? 0}\n`);
  w.write(2, `Total:\t${status?.expectedPods ?? 0}\n`);
});

/** Upstream: kubectl/pkg/describe/describe.go describePriorityClass (v1.36) */
export const describePriorityClass = plain<schedulingv1.PriorityClass>((w, priorityClass) => {
  const { metadata, value, globalDefault = false, preemptionPolicy = '', description = '' } = priorityClass;
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  w.write(0, `Value:\t${value}\n`);
  w.write(0, `GlobalDefault:\t${globalDefault}\n`);
  w.write(0, `PreemptionPolicy:\t${preemptionPolicy}\n`);
  w.write(0, `Description:\t${description}\n`);
  w.write(0, `Annotations:\t${formatLabels(metadata?.annotations)}\n`);
});
