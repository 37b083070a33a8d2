import type { ControllerDescriptor } from './define-controller.ts';
import { attachDetachController } from './attachdetach/attach-detach-controller.ts';
import { certificateApprovingController } from './certificates/approving-controller.ts';
import { certificateCleaner } from './certificates/cleaner.ts';
import { certificateSigningController } from './certificates/signing-controller.ts';
import { clusterRoleAggregationController } from './clusterroleaggregation/cluster-role-aggregation-controller.ts';
import { cronJobController } from './cronjob/cron-job-controller.ts';
import { csiAttacher } from './csi-attacher/csi-attacher.ts';
import { daemonSetController } from './daemonset/daemon-set-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { deviceTaintEvictionController } from './devicetainteviction/device-taint-eviction-controller.ts';
import { disruptionController } from './disruption/disruption-controller.ts';
import { endpointsController } from './endpoint/endpoints-controller.ts';
import { endpointSliceController } from './endpointslice/endpoint-slice-controller.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/endpoint-slice-mirroring-controller.ts';
import { ephemeralVolumeController } from './ephemeral/ephemeral-volume-controller.ts';
import { expandController } from './expand/expand-controller.ts';
import { garbageCollector } from './garbagecollector/garbage-collector.ts';
import { jobController } from './job/job-controller.ts';
import { localPathProvisioner } from './local-path-provisioner/local-path-provisioner.ts';
import { namespaceController } from './namespace/namespace-controller.ts';
import { nodeIpamController } from './nodeipam/node-ipam-controller.ts';
import { nodeLifecycleController } from './nodelifecycle/node-lifecycle-controller.ts';
import { persistentVolumeController } from './persistentvolume/pv-controller.ts';
import { horizontalPodAutoscalerController } from './podautoscaler/horizontal-controller.ts';
import { podGCController } from './podgc/pod-gc-controller.ts';
import { pvcProtectionController } from './pvcprotection/pvc-protection-controller.ts';
import { pvProtectionController } from './pvprotection/pv-protection-controller.ts';
import { replicaSetController } from './replicaset/replica-set-controller.ts';
import { replicationController } from './replication/replication-controller.ts';
import { resourceClaimController } from './resourceclaim/resource-claim-controller.ts';
import { resourceQuotaController } from './resourcequota/resource-quota-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher.ts';
import { serviceLoadBalancerController } from './service-lb/service-lb-controller.ts';
import { legacyTokenCleaner } from './serviceaccount/legacy-token-cleaner.ts';
import { serviceAccountsController } from './serviceaccount/service-accounts-controller.ts';
import { tokensController } from './serviceaccount/tokens-controller.ts';
import { serviceCIDRsController } from './servicecidrs/service-cidrs-controller.ts';
import { statefulSetController } from './statefulset/stateful-set-controller.ts';
import { taintEvictionController } from './tainteviction/taint-eviction-controller.ts';
import { ttlController } from './ttl/ttl-controller.ts';
import { ttlAfterFinishedController } from './ttlafterfinished/ttl-after-finished-controller.ts';
import { vacProtectionController } from './vacprotection/vac-protection-controller.ts';
import { validatingAdmissionPolicyStatusController } from './validatingadmissionpolicystatus/validating-admission-policy-status-controller.ts';

/** All controllers of the controller manager. */
export const controllerDescriptors: readonly ControllerDescriptor[] = [
  attachDetachController,
  certificateApprovingController,
  certificateCleaner,
  certificateSigningController,
  clusterRoleAggregationController,
  cronJobController,
  daemonSetController,
  deploymentController,
  deviceTaintEvictionController,
  disruptionController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  ephemeralVolumeController,
  expandController,
  garbageCollector,
  jobController,
  legacyTokenCleaner,
  namespaceController,
  nodeIpamController,
  nodeLifecycleController,
  persistentVolumeController,
  horizontalPodAutoscalerController,
  podGCController,
  pvcProtectionController,
  pvProtectionController,
  replicaSetController,
  replicationController,
  resourceClaimController,
  resourceQuotaController,
  rootCACertPublisher,
  serviceAccountsController,
  tokensController,
  serviceCIDRsController,
  statefulSetController,
  taintEvictionController,
  ttlController,
  ttlAfterFinishedController,
  vacProtectionController,
  validatingAdmissionPolicyStatusController,
];

/** What a provider adds to a cluster: volumes from a node's disk, addresses for load balancers. */
export const cloudControllerDescriptors: readonly ControllerDescriptor[] = [
  csiAttacher,
  localPathProvisioner,
  serviceLoadBalancerController,
];
