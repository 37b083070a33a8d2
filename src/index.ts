/** The library: a Kubernetes cluster in this process, in virtual time. */
export { StatusError } from './apimachinery/status-error.ts';
export { type Cluster, type ClusterAnswer, type ClusterOptions, createCluster } from './engine/cluster.ts';
export type { ControllerDefinition, ReconcileContext } from './engine/custom-controllers/definition.ts';
