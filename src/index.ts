/** The library: a Kubernetes cluster in this process, in virtual time. */
export { type Cluster, type ClusterOptions, createCluster } from './engine/cluster.ts';
export type { ControllerDefinition, ReconcileContext } from './engine/custom-controllers/definition.ts';
