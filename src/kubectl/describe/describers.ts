import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Factory } from '../factory.ts';
import { metaOf, type Unstructured } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { describeCertificateSigningRequest } from './certificate-signing-request.ts';
import { describeConfigMap, describeSecret, describeServiceAccount } from './config-kinds.ts';
import { describeDeployment } from './deployment.ts';
import { DescribeWriter } from './describe-writer.ts';
import { describeGeneric } from './generic.ts';
import { describeHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { describeIngress, describeIngressClass, describeIpAddress, describeServiceCidr } from './ingress.ts';
import { describeCronJob, describeJob } from './job.ts';
import { describeLimitRange, describeNamespace, describeQuota } from './namespace.ts';
import { describeNetworkPolicy } from './network-policy.ts';
import { describeNode } from './node.ts';
import { describePersistentVolume } from './persistent-volume.ts';
import { describePersistentVolumeClaim } from './persistent-volume-claim.ts';
import { describePod } from './pod.ts';
import { describeRole, describeRoleBinding } from './rbac.ts';
import { describeEndpoints, describeEndpointSlice, describeService } from './service.ts';
import { type Describe, describeEvents, searchEvents, type Session, subjectOf } from './session.ts';
import {
  describeCsiNode,
  describePodDisruptionBudget,
  describePriorityClass,
  describeStorageClass,
  describeVolumeAttributesClass,
} from './storage.ts';
import {
  describeDaemonSet,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.ts';

interface Describer {
  readonly describe: Describe;
  /** Events are not shown. */
  readonly withoutEvents?: boolean;
  /** Read in this version whatever was asked for. */
  readonly version?: string;
}

const withoutEvents = (describe: Describe): Describer => ({ describe, withoutEvents: true });

/** Upstream: kubectl/pkg/describe/describe.go describerMap (v1.36) */
const describers: Readonly<Record<string, Describer>> = {
  Pod: { describe: describePod },
  ReplicationController: { describe: describeReplicationController },
  Secret: withoutEvents(describeSecret),
  Service: { describe: describeService },
  ServiceAccount: { describe: describeServiceAccount },
  Node: { describe: describeNode },
  LimitRange: withoutEvents(describeLimitRange),
  ResourceQuota: withoutEvents(describeQuota),
  PersistentVolume: { describe: describePersistentVolume },
  PersistentVolumeClaim: { describe: describePersistentVolumeClaim },
  Namespace: withoutEvents(describeNamespace),
  Endpoints: { describe: describeEndpoints },
  'EndpointSlice.discovery.k8s.io': { describe: describeEndpointSlice },
  'HorizontalPodAutoscaler.autoscaling': { describe: describeHorizontalPodAutoscaler, version: 'v2' },
  'Ingress.networking.k8s.io': { describe: describeIngress },
  'IngressClass.networking.k8s.io': { describe: describeIngressClass },
  'ServiceCIDR.networking.k8s.io': { describe: describeServiceCidr },
  'IPAddress.networking.k8s.io': { describe: describeIpAddress },
  'Job.batch': { describe: describeJob },
  'CronJob.batch': { describe: describeCronJob },
  'StatefulSet.apps': { describe: describeStatefulSet },
  'Deployment.apps': { describe: describeDeployment },
  'DaemonSet.apps': { describe: describeDaemonSet },
  'ReplicaSet.apps': { describe: describeReplicaSet },
  'CertificateSigningRequest.certificates.k8s.io': { describe: describeCertificateSigningRequest, version: 'v1' },
  'StorageClass.storage.k8s.io': { describe: describeStorageClass },
  'CSINode.storage.k8s.io': { describe: describeCsiNode },
  'VolumeAttributesClass.storage.k8s.io': { describe: describeVolumeAttributesClass },
  'PodDisruptionBudget.policy': { describe: describePodDisruptionBudget },
  'Role.rbac.authorization.k8s.io': withoutEvents(describeRole),
  'ClusterRole.rbac.authorization.k8s.io': withoutEvents(describeRole),
  'RoleBinding.rbac.authorization.k8s.io': withoutEvents(describeRoleBinding),
  'ClusterRoleBinding.rbac.authorization.k8s.io': withoutEvents(describeRoleBinding),
  'NetworkPolicy.networking.k8s.io': withoutEvents(describeNetworkPolicy),
  'PriorityClass.scheduling.k8s.io': { describe: describePriorityClass },
};

export interface DescribeSettings {
  readonly showEvents: boolean;
  readonly chunkSize: number;
}

/** What there is to say about an object. @throws what reading it throws */
export function* describeObject(
  factory: Factory,
  mapping: RestMapping,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { showEvents, chunkSize }: DescribeSettings,
): Process<string> {
  const key = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`;
  const describer: Describer = (Object.hasOwn(describers, key) ? describers[key] : undefined) ?? {
    describe: describeGeneric,
  };
  const served = describer.version === undefined ? mapping : { ...mapping, version: describer.version };
  const object = yield* factory.helper(served).get(namespace, name);
  const w = new DescribeWriter();
  const session: Session = { w, factory, now: factory.context.now(), chunkSize };
  if (key === 'ConfigMap') {
    yield* describeConfigMap(showEvents)(object, session);
    return w.text();
  }
  const events = showEvents && !describer.withoutEvents ? yield* eventsOf(session, object, key) : undefined;
  yield* describer.describe(object, session);
  if (events !== undefined) describeEvents(w, events, session.now);
  return w.text();
}

/** Pods' events are sought without the kind, a mirror pod's under its file's id, a node's under its name, too. */
function* eventsOf(session: Session, object: Unstructured, key: string): Process<corev1.Event[] | undefined> {
  const subject = subjectOf(object);
  const mirror = metaOf(object).annotations?.['kubernetes.io/config.mirror'];
  try {
    if (key === 'Pod') return yield* searchEvents(session, { ...subject, kind: '', uid: mirror ?? subject.uid });
    const events = yield* searchEvents(session, subject);
    if (key !== 'Node') return events;
    return [...events, ...(yield* searchEvents(session, { ...subject, uid: subject.name }))];
  } catch {
    return undefined;
  }
}
