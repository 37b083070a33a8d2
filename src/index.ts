/** The library: a Kubernetes cluster in this process, in virtual time. */
export { type Cluster, type ClusterOptions, createCluster } from './engine/cluster.ts';
