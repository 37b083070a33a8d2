/** Addresses that are the same in every cluster, for those who serve there and those who dial. */

/** Where the cluster's own ingress controller answers; below the addresses of the load balancers. */
export const ingressAddress = '172.18.255.199';
