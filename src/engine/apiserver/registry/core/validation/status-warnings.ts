/** Warnings about addresses in a status that is accepted. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { getWarningsForIP } from '../../../../../apimachinery/ip-validation.ts';

const statusPath = field.newPath('status');

/** Upstream: pkg/registry/core/pod/strategy.go podStatusStrategy.WarningsOnUpdate (v1.36) */
export function podStatusWarnings({ status = {} }: corev1.Pod): string[] {
  const { podIPs = [], hostIPs = [] } = status;
  return [
    ...podIPs.flatMap(({ ip }, i) => getWarningsForIP(statusPath.child('podIPs').index(i).child('ip'), ip)),
    ...hostIPs.flatMap(({ ip }, i) => getWarningsForIP(statusPath.child('hostIPs').index(i).child('ip'), ip)),
  ];
}

/** What a load balancer gave, of Services and Ingresses. Upstream: serviceStatusStrategy.WarningsOnUpdate, ingressStatusStrategy.WarningsOnUpdate */
export function loadBalancerWarnings({
  status,
}: {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}): string[] {
  const path = statusPath.child('loadBalancer', 'ingress');
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) => (ip ? getWarningsForIP(path.index(i), ip) : []));
}
