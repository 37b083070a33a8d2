/** Warnings about Services that are accepted. Upstream: pkg/api/service/warnings.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { getWarningsForCIDR, getWarningsForIP } from '../../../../../apimachinery/ip-validation.ts';

const specPath = field.newPath('spec');
const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const topologyMode = 'service.kubernetes.io/topology-mode';

function headlessWarnings({ loadBalancerIP, externalIPs = [], sessionAffinity }: corev1.ServiceSpec): string[] {
  return [
    ...(loadBalancerIP ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(externalIPs.length > 0 ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(sessionAffinity === 'None' ? [] : ['spec.SessionAffinity is ignored for headless services']),
  ];
}

function typeWarnings({ type, externalIPs = [], externalName, trafficDistribution }: corev1.ServiceSpec): string[] {
  const warnings: string[] = [];
  if (type === 'ExternalName' && externalIPs.length > 0) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (type !== 'ExternalName' && externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}

/** Warnings about a Service. */
export function getWarningsForService({ metadata, spec = {} }: corev1.Service): string[] {
  const warnings: string[] = [];
  if (metadata.annotations?.[topologyHints] !== undefined) {
    warnings.push(`annotation ${topologyHints} is deprecated, please use ${topologyMode} instead`);
  }
  const { clusterIP, clusterIPs = [], externalIPs = [], loadBalancerIP, loadBalancerSourceRanges = [] } = spec;
  if (clusterIP && clusterIP !== 'None') {
    for (const [i, ip] of clusterIPs.entries()) {
      warnings.push(...getWarningsForIP(specPath.child('clusterIPs').index(i), ip));
    }
  }
  const headless = spec.type === 'ClusterIP' && clusterIP === 'None';
  if (headless) warnings.push(...headlessWarnings(spec));
  for (const [i, ip] of externalIPs.entries()) {
    warnings.push(...getWarningsForIP(specPath.child('externalIPs').index(i), ip));
  }
  if (externalIPs.length > 0 && !headless && spec.type !== 'ExternalName') {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (loadBalancerIP) warnings.push(...getWarningsForIP(specPath.child('loadBalancerIP'), loadBalancerIP));
  for (const [i, range] of loadBalancerSourceRanges.entries()) {
    warnings.push(...getWarningsForCIDR(specPath.child('loadBalancerSourceRanges').index(i), range));
  }
  return [...warnings, ...typeWarnings(spec)];
}
