/** Rules of Services. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidPortNum,
} from '../../../../../apimachinery/validation.ts';
import { isValidCIDRForLegacyField, isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { type Complaints, complain, oneOf, require, requiredOneOf } from './complaints.ts';
import { validateEndpointIP } from './endpoints.ts';
import { validateLabelMap } from './labels.ts';
import { supportedPortProtocols, validatePortNumOrName } from './ports.ts';
import { isHeadless, validateServiceClusterIPs, validateServiceClusterIPsUpdate } from './service-addresses.ts';

const specPath = field.newPath('spec');
const metadataPath = field.newPath('metadata');
const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const topologyMode = 'service.kubernetes.io/topology-mode';
const sourceRangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const maxAffinitySeconds = 86400;
const emptySpec: corev1.ServiceSpec = Object.freeze({});

/** Reachable from outside the cluster. Upstream: pkg/api/service/util.go ExternallyAccessible (v1.36) */
function externallyAccessible({ type, externalIPs = [] }: corev1.ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
}

const needsHealthCheck = ({ type, externalTrafficPolicy }: corev1.ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function validateType(errors: Complaints, spec: corev1.ServiceSpec): void {
  const refuse = (name: string): void => {
    errors.push(field.forbidden(specPath.child(name), 'may not be set for ExternalName services'));
  };
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    const why = `may not be set to 'None' for ${spec.type} services`;
    errors.push(field.invalid(specPath.child('clusterIPs').index(0), spec.clusterIPs?.[0], why));
  }
  if (spec.type !== 'ExternalName') return;
  if ((spec.clusterIPs ?? []).length > 0) refuse('clusterIPs');
  if ((spec.ipFamilies ?? []).length > 0) refuse('ipFamilies');
  if (spec.ipFamilyPolicy !== undefined) refuse('ipFamilyPolicy');
  const name = spec.externalName ?? '';
  const cname = name.endsWith('.') ? name.slice(0, -1) : name;
  if (require(errors, specPath, 'externalName', cname)) {
    complain(errors, specPath, 'externalName', cname, isDNS1123Subdomain(cname));
  }
}

function validateServicePort(
  errors: Complaints,
  path: Path,
  port: corev1.ServicePort,
  requireName: boolean,
  names: Set<string>,
): void {
  const { name, port: number = 0, appProtocol } = port;
  if (name) {
    complain(errors, path, 'name', name, isDNS1123Label(name));
    if (names.has(name)) errors.push(field.duplicate(path.child('name'), name));
    names.add(name);
  } else if (requireName) errors.push(field.required(path.child('name')));
  complain(errors, path, 'port', number, isValidPortNum(number));
  requiredOneOf(errors, path, 'protocol', port.protocol, supportedPortProtocols);
  validatePortNumOrName(errors, path, 'targetPort', port.targetPort);
  if (appProtocol !== undefined) complain(errors, path, 'appProtocol', appProtocol, isQualifiedName(appProtocol));
}

function validatePorts(errors: Complaints, spec: corev1.ServiceSpec): void {
  const names = new Set<string>();
  const ports = spec.ports ?? [];
  for (const [i, port] of ports.entries()) {
    validateServicePort(errors, specPath.child('ports').index(i), port, ports.length > 1, names);
  }
}

function validateAffinity(errors: Complaints, spec: corev1.ServiceSpec): void {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  requiredOneOf(errors, specPath, 'sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  const path = specPath.child('sessionAffinityConfig');
  if (sessionAffinity === 'None' && config) {
    errors.push(field.forbidden(path, 'must not be set when session affinity is None'));
  }
  if (sessionAffinity !== 'ClientIP') return;
  const why = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(field.required(path, why));
  else if (!config.clientIP) errors.push(field.required(path.child('clientIP'), why));
  else if (seconds === undefined) errors.push(field.required(path.child('clientIP', 'timeoutSeconds'), why));
  else if (seconds <= 0 || seconds > maxAffinitySeconds) {
    const range = `must be greater than 0 and less than ${maxAffinitySeconds}`;
    complain(errors, path.child('clientIP'), 'timeoutSeconds', seconds, [range]);
  }
}

function validateExternalIPs(errors: Complaints, spec: corev1.ServiceSpec, old: corev1.ServiceSpec | undefined): void {
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const path = specPath.child('externalIPs').index(i);
    const wrong = isValidIPForLegacyField(path, ip, true, old?.externalIPs ?? []);
    errors.push(...wrong);
    if (wrong.length === 0) validateEndpointIP(errors, path, ip);
  }
}

/** Node ports and ports may each stand once for a protocol. */
function validateUniquePorts(errors: Complaints, { ports = [], type }: corev1.ServiceSpec): void {
  const list = specPath.child('ports');
  if (type === 'ClusterIP') {
    for (const [i, { nodePort }] of ports.entries()) {
      if (nodePort) {
        errors.push(field.forbidden(list.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'"));
      }
    }
  }
  const nodePorts = new Set<string>();
  for (const [i, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.push(field.duplicate(list.index(i).child('nodePort'), nodePort));
    nodePorts.add(key);
  }
  const numbers = new Set<string>();
  for (const [i, { port, protocol }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (numbers.has(key)) {
      errors.push(field.duplicate(list.index(i), goValueOf('core/v1.ServicePort', { protocol, port })));
    }
    numbers.add(key);
  }
}

function validateSourceRanges(errors: Complaints, service: corev1.Service, old: corev1.Service | undefined): void {
  const { spec = emptySpec } = service;
  const refuse = (path: Path): void => {
    if (spec.type !== 'LoadBalancer') {
      errors.push(field.forbidden(path, "may only be used when `type` is 'LoadBalancer'"));
    }
  };
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const path = specPath.child('LoadBalancerSourceRanges');
    refuse(path);
    const before = (old?.spec?.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    for (const [i, range] of ranges.entries()) {
      errors.push(...isValidCIDRForLegacyField(path.index(i), range.trim(), true, before));
    }
    return;
  }
  const text = service.metadata.annotations?.[sourceRangesAnnotation];
  if (text === undefined) return;
  const path = metadataPath.child('annotations').key(sourceRangesAnnotation);
  refuse(path);
  if (text.trim() === '' || old?.metadata.annotations?.[sourceRangesAnnotation] === text) return;
  for (const range of text.split(',')) errors.push(...isValidCIDRForLegacyField(path, range.trim(), true));
}

function validateLoadBalancer(errors: Complaints, spec: corev1.ServiceSpec): void {
  const { allocateLoadBalancerNodePorts: allocates, type } = spec;
  if (allocates !== undefined && type !== 'LoadBalancer') {
    const path = specPath.child('allocateLoadBalancerNodePorts');
    errors.push(field.forbidden(path, "may only be used when `type` is 'LoadBalancer'"));
  }
  if (type === 'LoadBalancer' && allocates === undefined) {
    errors.push(field.required(field.newPath('allocateLoadBalancerNodePorts')));
  }
  validateLoadBalancerClass(errors, spec, undefined);
}

function validateLoadBalancerClass(
  errors: Complaints,
  spec: corev1.ServiceSpec,
  old: corev1.ServiceSpec | undefined,
): void {
  const { loadBalancerClass: name, type } = spec;
  if (old?.type === 'LoadBalancer' && type === 'LoadBalancer' && old.loadBalancerClass !== name) {
    complain(errors, specPath, 'loadBalancerClass', name, ['may not change once set']);
  }
  if (name === undefined) return;
  if (type === 'LoadBalancer') complain(errors, specPath, 'loadBalancerClass', name, isQualifiedName(name));
  else {
    const path = specPath.child('loadBalancerClass');
    errors.push(field.forbidden(path, "may only be used when `type` is 'LoadBalancer'"));
  }
}

function validateExternalTraffic(errors: Complaints, spec: corev1.ServiceSpec): void {
  const { externalTrafficPolicy: policy, healthCheckNodePort: port } = spec;
  if (externallyAccessible(spec))
    requiredOneOf(errors, specPath, 'externalTrafficPolicy', policy, ['Cluster', 'Local']);
  else if (policy) {
    complain(errors, specPath, 'externalTrafficPolicy', policy, ['may only be set for externally-accessible services']);
  }
  if (!needsHealthCheck(spec)) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    if (port) complain(errors, specPath, 'healthCheckNodePort', port, [why]);
  } else if (!port) errors.push(field.required(specPath.child('healthCheckNodePort')));
  else complain(errors, specPath, 'healthCheckNodePort', port, isValidPortNum(port));
}

function validateTraffic(errors: Complaints, spec: corev1.ServiceSpec): void {
  validateExternalTraffic(errors, spec);
  const { internalTrafficPolicy: policy, trafficDistribution, type } = spec;
  if (policy !== undefined) oneOf(errors, specPath, 'internalTrafficPolicy', policy, ['Cluster', 'Local']);
  else if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') {
    errors.push(field.required(specPath.child('internalTrafficPolicy')));
  }
  if (trafficDistribution === undefined) return;
  const known = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  oneOf(errors, specPath, 'trafficDistribution', trafficDistribution, known);
}

/** Upstream: validateService (v1.36) */
function validateService(errors: Complaints, service: corev1.Service, old: corev1.Service | undefined): void {
  const { spec = emptySpec, metadata } = service;
  const hints = metadata.annotations?.[topologyHints];
  const mode = metadata.annotations?.[topologyMode];
  if (hints !== undefined && mode !== undefined && hints !== mode) {
    const why = `must match annotations[${topologyHints}] when both are specified`;
    errors.push(field.invalid(metadataPath.child('annotations').key(topologyMode), mode, why));
  }
  if ((spec.ports ?? []).length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(field.required(specPath.child('ports')));
  }
  validateType(errors, spec);
  validatePorts(errors, spec);
  if (spec.selector) validateLabelMap(errors, specPath.child('selector'), spec.selector);
  validateAffinity(errors, spec);
  validateServiceClusterIPs(errors, spec, old?.spec);
  validateExternalIPs(errors, spec, old?.spec);
  requiredOneOf(errors, specPath, 'type', spec.type, types);
  validateUniquePorts(errors, spec);
  validateSourceRanges(errors, service, old);
  validateLoadBalancer(errors, spec);
  validateTraffic(errors, spec);
}

/** Complaints about a new Service. Upstream: ValidateServiceCreate (v1.36) */
export function validateServiceCreate(service: corev1.Service): FieldError[] {
  const errors: Complaints = [];
  validateService(errors, service, undefined);
  return errors;
}

/** Complaints about a change of a Service. Upstream: ValidateServiceUpdate (v1.36) */
export function validateServiceUpdate(service: corev1.Service, old: corev1.Service): FieldError[] {
  const errors: Complaints = [];
  const { spec = emptySpec } = service;
  const before = old.spec ?? emptySpec;
  validateServiceClusterIPsUpdate(errors, spec, before);
  validateLoadBalancerClass(errors, spec, before);
  if (needsHealthCheck(before) && needsHealthCheck(spec) && before.healthCheckNodePort !== spec.healthCheckNodePort) {
    errors.push(field.forbidden(specPath.child('healthCheckNodePort'), 'field is immutable'));
  }
  validateService(errors, service, old);
  return errors;
}

function validateIngress(
  errors: Complaints,
  path: Path,
  { ip = '', ipMode, hostname = '' }: corev1.LoadBalancerIngress,
  known: readonly string[],
): void {
  if (ip !== '') errors.push(...isValidIPForLegacyField(path.child('ip'), ip, true, known));
  if (ipMode === undefined) {
    if (ip !== '') errors.push(field.required(path.child('ipMode'), 'must be specified when `ip` is set'));
  } else if (ip === '') {
    errors.push(field.forbidden(path.child('ipMode'), 'may not be specified when `ip` is not set'));
  } else oneOf(errors, path, 'ipMode', ipMode, ['Proxy', 'VIP']);
  if (hostname === '') return;
  complain(errors, path, 'hostname', hostname, isDNS1123Subdomain(hostname));
  if (isValidIPForLegacyField(undefined, hostname, false).length === 0) {
    complain(errors, path, 'hostname', hostname, ['must be a DNS name, not an IP address']);
  }
}

/** Complaints about a status. Upstream: ValidateServiceStatusUpdate, ValidateLoadBalancerStatus (v1.36) */
export function validateServiceStatusUpdate(service: corev1.Service, old: corev1.Service): FieldError[] {
  const errors: Complaints = [];
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const path = field.newPath('status', 'loadBalancer', 'ingress');
  if (service.spec?.type !== 'LoadBalancer' && ingress.length > 0) {
    errors.push(field.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
    return errors;
  }
  const known = (old.status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => ip).filter(Boolean);
  for (const [i, one] of ingress.entries()) validateIngress(errors, path.index(i), one, known);
  return errors;
}
