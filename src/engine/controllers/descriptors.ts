import type { ControllerDescriptor } from './define-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { endpointsController } from './endpoint/endpoints-controller.ts';
import { endpointSliceController } from './endpointslice/endpoint-slice-controller.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/endpoint-slice-mirroring-controller.ts';
import { garbageCollector } from './garbagecollector/garbage-collector.ts';
import { namespaceController } from './namespace/namespace-controller.ts';
import { replicaSetController } from './replicaset/replica-set-controller.ts';
import { replicationController } from './replication/replication-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher.ts';
import { serviceAccountsController } from './serviceaccount/service-accounts-controller.ts';

/** All controllers of the controller manager. */
export const controllerDescriptors: readonly ControllerDescriptor[] = [
  deploymentController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  garbageCollector,
  namespaceController,
  replicaSetController,
  replicationController,
  rootCACertPublisher,
  serviceAccountsController,
];
