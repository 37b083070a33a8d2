/** The admission plugins, in upstream's order. Upstream: pkg/kubeapiserver/options/plugins.go AllOrderedPlugins (v1.36) */
import type { Random } from '../../sim/random.ts';
import type { StoreFinder } from '../generic/server-services.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AuthorizerChain } from '../authorization/chain.ts';
import type { AdmissionPlugin } from './admission.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { podResize } from './pod-resize.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import type { KindConverter } from './policy/invocation.ts';
import { mutatingAdmissionPolicies } from './policy/mutating.ts';
import { validatingAdmissionPolicies } from './policy/validating.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';
import type { WebhookServer } from './webhooks/client.ts';
import { mutatingWebhooks, validatingWebhooks } from './webhooks/webhooks.ts';

export function admissionPlugins(
  objects: KindConverter & ObjectReader & StoreFinder,
  random: Random,
  authorizer: AuthorizerChain,
  server: WebhookServer,
): readonly AdmissionPlugin[] {
  const webhooks = { server, authorizer, kinds: objects };
  return [
    namespaceLifecycle(objects),
    limitRanger(objects),
    serviceAccountAdmission(objects, random),
    nodeRestriction(objects, authorizer),
    taintNodesByCondition,
    podSecurity(objects),
    priority(objects),
    defaultTolerationSeconds,
    defaultStorageClass(objects),
    storageObjectInUseProtection,
    persistentVolumeClaimResize(objects),
    runtimeClass(objects),
    certificateApproval(authorizer),
    certificateSigning(authorizer),
    certificateSubjectRestriction,
    defaultIngressClass(objects),
    podTopologyLabels(objects),
    podResize(objects),
    rbacEscalation(authorizer),
    mutatingAdmissionPolicies(objects, authorizer),
    mutatingWebhooks(webhooks),
    validatingAdmissionPolicies(objects, authorizer),
    validatingWebhooks(webhooks),
    resourceQuota(objects, objects),
  ];
}
