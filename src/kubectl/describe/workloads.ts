import type * as appsv1 from '../../api/apps/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import {
  formatLabels,
  formatLabelSelector,
  labelSelectorAsSelector,
  selectorFromSet,
} from '../../apimachinery/labels.ts';
import type { Process } from '../../process/process.ts';
import { claimClass } from './persistent-volume-claim.ts';
import {
  controllerOf,
  goList,
  printLabelsAndAnnotations,
  printLabelsMultiline,
  printNames,
  printReasonedConditions,
  rfc1123z,
} from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { describePodTemplate } from './pod-template.ts';
import { type Describe, listAll, type Session } from './session.ts';

/** Counts the pods of a controller by phase: `1 Running / 0 Waiting / …`. Upstream: describe.go getPodStatusForController (v1.36) */
function* podStatus(session: Session, meta: corev1.Pod['metadata'], labelSelector: string): Process<string> {
  const path = `/api/v1/namespaces/${meta?.namespace ?? ''}/pods`;
  const pods = yield* listAll<corev1.Pod>(session, path, { labelSelector });
  const counts: Record<string, number> = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 };
  for (const { metadata, status } of pods) {
    const owner = metadata?.ownerReferences?.find((reference) => reference.controller === true);
    const phase = status?.phase ?? '';
    if (owner?.uid === meta?.uid && counts[phase] !== undefined) counts[phase]++;
  }
  const { Running, Pending, Succeeded, Failed } = counts;
  return `${Running} Running / ${Pending} Waiting / ${Succeeded} Succeeded / ${Failed} Failed`;
}

/** Upstream: kubectl/pkg/describe/describe.go describeReplicationController (v1.36) */
export const describeReplicationController: Describe = function* (object, session) {
  const { metadata, spec, status } = object as unknown as corev1.ReplicationController;
  const { w } = session;
  const pods = yield* podStatus(session, metadata, selectorFromSet(spec?.selector).toString());
  printNames(w, metadata);
  w.write(0, `Selector:\t${formatLabels(spec?.selector)}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired\n`);
  w.write(0, `Pods Status:\t${pods}\n`);
  describePodTemplate(w, spec?.template);
  printReasonedConditions(w, status?.conditions);
};

/** Upstream: kubectl/pkg/describe/describe.go describeReplicaSet (v1.36) */
export const describeReplicaSet: Describe = function* (object, session) {
  const { metadata, spec, status } = object as unknown as appsv1.ReplicaSet;
  const { w } = session;
  let pods: string;
  try {
    pods = yield* podStatus(session, metadata, labelSelectorAsSelector(spec?.selector).toString());
  } catch (error) {
    pods = `error in fetching pods: ${errorText(error)}`;
  }
  printNames(w, metadata);
  w.write(0, `Selector:\t${formatLabelSelector(spec?.selector)}\n`);
  printLabelsAndAnnotations(w, metadata);
  printController(w, metadata);
  w.write(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired\n`);
  w.write(0, `Pods Status:\t${pods}\n`);
  describePodTemplate(w, spec?.template);
  printReasonedConditions(w, status?.conditions);
};

/** `Controlled By:`, if something controls the object. */
export function printController(w: PrefixWriter, metadata: corev1.Pod['metadata']): void {
  const controller = controllerOf(metadata);
  if (controller !== '') w.write(0, `Controlled By:\t${controller}\n`);
}

/** Upstream: kubectl/pkg/describe/describe.go describeDaemonSet (v1.36) */
export const describeDaemonSet: Describe = function* (object, session) {
  const { metadata, spec, status } = object as unknown as appsv1.DaemonSet;
  const { w } = session;
  const selector = labelSelectorAsSelector(spec?.selector).toString();
  const pods = yield* podStatus(session, metadata, selector);
  printNames(w, metadata);
  w.write(0, `Selector:\t${selector}\n`);
  w.write(0, `Node-Selector:\t${formatLabels(spec?.template.spec?.nodeSelector)}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
  w.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
  w.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
  w.write(0, `Pods Status:\t${pods}\n`);
  describePodTemplate(w, spec?.template);
};

/** Upstream: kubectl/pkg/describe/describe.go describeStatefulSet (v1.36) */
export const describeStatefulSet: Describe = function* (object, session) {
  const { metadata, spec, status } = object as unknown as appsv1.StatefulSet;
  const { w } = session;
  const selector = labelSelectorAsSelector(spec?.selector).toString();
  const pods = yield* podStatus(session, metadata, selector);
  printNames(w, metadata);
  w.write(0, `CreationTimestamp:\t${rfc1123z(metadata?.creationTimestamp)}\n`);
  w.write(0, `Selector:\t${selector}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Replicas:\t${spec?.replicas ?? 0} desired | ${status?.replicas ?? 0} total\n`);
  w.write(0, `Update Strategy:\t${spec?.updateStrategy?.type ?? ''}\n`);
  const { partition, maxUnavailable } = spec?.updateStrategy?.rollingUpdate ?? {};
  if (partition !== undefined) {
    w.write(1, `Partition:\t${partition}\n`);
    if (maxUnavailable !== undefined) w.write(1, `MaxUnavailable:\t${maxUnavailable}\n`);
  }
  w.write(0, `Pods Status:\t${pods}\n`);
  describePodTemplate(w, spec?.template);
  printClaimTemplates(w, spec?.volumeClaimTemplates);
};

function printClaimTemplates(w: PrefixWriter, claims: readonly corev1.PersistentVolumeClaim[] | undefined): void {
  if (!claims?.length) return w.write(0, 'Volume Claims:\t<none>\n');
  w.write(0, 'Volume Claims:\n');
  for (const claim of claims) {
    w.write(1, `Name:\t${claim.metadata?.name ?? ''}\n`);
    w.write(1, `StorageClass:\t${claimClass(claim)}\n`);
    printLabelsMultiline(w, 'Labels', claim.metadata?.labels, '  ');
    printLabelsMultiline(w, 'Annotations', claim.metadata?.annotations, '  ');
    w.write(1, `Capacity:\t${claim.spec?.resources?.requests?.['storage'] ?? '<default>'}\n`);
    w.write(1, `Access Modes:\t${goList(claim.spec?.accessModes)}\n`);
  }
}
