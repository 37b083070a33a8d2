import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { describeContainers } from './containers.ts';
import { printAnnotationsMultiline, printLabelsMultiline, printTolerations, sortedKeys } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { describeVolumes } from './volumes.ts';

/** Upstream: kubectl/pkg/describe/describe.go DescribePodTemplate (v1.36) */
export function describePodTemplate(w: PrefixWriter, template: corev1.PodTemplateSpec | undefined): void {
  w.write(0, 'Pod Template:\n');
  if (template === undefined) return w.write(1, '<unset>');
  const { metadata, spec } = template;
  printLabelsMultiline(w, '  Labels', metadata?.labels);
  if (sortedKeys(metadata?.annotations).length > 0) {
    printAnnotationsMultiline(w, '  Annotations', metadata?.annotations);
  }
  if (spec?.serviceAccountName) w.write(1, `Service Account:\t${spec.serviceAccountName}\n`);
  if (spec?.initContainers?.length) {
    describeContainers(w, spec.initContainers, { label: 'Init Containers', space: '  ' });
  }
  describeContainers(w, spec?.containers, { label: 'Containers', space: '  ' });
  describeVolumes(w, spec?.volumes, '  ');
  describeTopologySpread(w, spec?.topologySpreadConstraints, '  ');
  if (spec?.priorityClassName) w.write(1, `Priority Class Name:\t${spec.priorityClassName}\n`);
  printLabelsMultiline(w, '  Node-Selectors', spec?.nodeSelector);
  printTolerations(w, '  Tolerations', spec?.tolerations);
  describeSchedulingGroup(w, spec, '  ');
}

/** One line for each constraint, the reasons in brackets behind it. */
export function describeTopologySpread(
  w: PrefixWriter,
  constraints: readonly corev1.TopologySpreadConstraint[] | undefined,
  space: string,
): void {
  if (!constraints?.length) return;
  w.write(0, `${space}Topology Spread Constraints:\t`);
  [...constraints]
    .sort((a, b) => compareStrings(a.topologyKey, b.topologyKey))
    .forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, index) => {
      const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
      if (index > 0) w.write(0, `${space}\t`);
      w.write(0, `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}\n`);
    });
}

/** The group that the pod is scheduled with, if any. */
export function describeSchedulingGroup(w: PrefixWriter, spec: corev1.PodSpec | undefined, space: string): void {
  const group = spec?.schedulingGroup;
  if (!group) return;
  w.write(0, `${space}SchedulingGroup:\n`);
  w.write(1, `PodGroupName:\t${group.podGroupName ?? ''}\n`);
}
