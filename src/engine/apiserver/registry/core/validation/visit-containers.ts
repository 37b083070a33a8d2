import type * as corev1 from '../../../../../api/core/v1.ts';

/** The three lists of containers of a pod's spec. */
export type ContainerList = 'containers' | 'ephemeralContainers' | 'initContainers';

type Visitor = (container: corev1.Container | corev1.EphemeralContainer, list: ContainerList, index: number) => void;

/** Calls for every container: init containers, containers, ephemeral ones. Upstream: pods.VisitContainersWithPath (v1.36) */
export function visitContainers(spec: corev1.PodSpec, visit: Visitor): void {
  let i = 0;
  for (const container of spec.initContainers ?? []) visit(container, 'initContainers', i++);
  i = 0;
  for (const container of spec.containers ?? []) visit(container, 'containers', i++);
  i = 0;
  for (const container of spec.ephemeralContainers ?? []) visit(container, 'ephemeralContainers', i++);
}
