import type { ControllerDescriptor } from './define-controller.ts';
import { deploymentController } from './deployment/deployment-controller.ts';
import { namespaceController } from './namespace/namespace-controller.ts';
import { replicaSetController } from './replicaset/replica-set-controller.ts';
import { replicationController } from './replication/replication-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher.ts';
import { serviceAccountsController } from './serviceaccount/service-accounts-controller.ts';

/** All controllers of the controller manager. */
export const controllerDescriptors: readonly ControllerDescriptor[] = [
  deploymentController,
  namespaceController,
  replicaSetController,
  replicationController,
  rootCACertPublisher,
  serviceAccountsController,
];
