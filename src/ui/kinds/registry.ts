import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import { statusFromConditions } from './conditions.ts';
import {
  autoscalerLook,
  budgetLook,
  claimLook,
  configMapLook,
  namespaceLook,
  secretLook,
  serviceAccountLook,
  storageClassLook,
  volumeLook,
} from './configuration.ts';
import type { KindLook } from './kind-look.ts';
import { endpointSliceLook, ingressLook, networkPolicyLook, serviceLook } from './networking.ts';
import { nodeLook } from './nodes.ts';
import { podLook } from './pods.ts';
import { symbols } from './symbols.ts';
import {
  cronJobLook,
  daemonSetLook,
  deploymentLook,
  jobLook,
  replicaSetLook,
  replicationControllerLook,
  statefulSetLook,
} from './workloads.ts';

/** Kinds with a look of their own; the page watches each of them. */
export const kindLooks: readonly KindLook[] = [
  nodeLook,
  namespaceLook,
  podLook,
  deploymentLook,
  replicaSetLook,
  statefulSetLook,
  daemonSetLook,
  jobLook,
  cronJobLook,
  replicationControllerLook,
  autoscalerLook,
  budgetLook,
  serviceLook,
  endpointSliceLook,
  ingressLook,
  networkPolicyLook,
  configMapLook,
  secretLook,
  claimLook,
  volumeLook,
  storageClassLook,
  serviceAccountLook,
];

/** The look of a kind that has none of its own: custom resources, from what discovery tells. */
export function defaultLook(ref: ResourceRef): KindLook {
  return { ref, plural: ref.kind, symbol: symbols.custom, order: 100, status: statusFromConditions };
}
