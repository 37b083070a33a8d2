import type { ControllerDescriptor } from './define-controller.ts';
import { cronJobController } from './cronjob/cron-job-controller.ts';
import { daemonSetController } from './daemonset/daemon-set-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { endpointsController } from './endpoint/endpoints-controller.ts';
import { endpointSliceController } from './endpointslice/endpoint-slice-controller.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/endpoint-slice-mirroring-controller.ts';
import { garbageCollector } from './garbagecollector/garbage-collector.ts';
import { jobController } from './job/job-controller.ts';
import { namespaceController } from './namespace/namespace-controller.ts';
import { nodeIpamController } from './nodeipam/node-ipam-controller.ts';
import { nodeLifecycleController } from './nodelifecycle/node-lifecycle-controller.ts';
import { podGCController } from './podgc/pod-gc-controller.ts';
import { replicaSetController } from './replicaset/replica-set-controller.ts';
import { replicationController } from './replication/replication-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher.ts';
import { serviceAccountsController } from './serviceaccount/service-accounts-controller.ts';
import { statefulSetController } from './statefulset/stateful-set-controller.ts';
import { taintEvictionController } from './tainteviction/taint-eviction-controller.ts';

/** All controllers of the controller manager. */
export const controllerDescriptors: readonly ControllerDescriptor[] = [
  cronJobController,
  daemonSetController,
  deploymentController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  garbageCollector,
  jobController,
  namespaceController,
  nodeIpamController,
  nodeLifecycleController,
  podGCController,
  replicaSetController,
  replicationController,
  rootCACertPublisher,
  serviceAccountsController,
  statefulSetController,
  taintEvictionController,
];
