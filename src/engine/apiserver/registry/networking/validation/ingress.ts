/** Rules of Ingresses. Upstream: pkg/apis/networking/validation/validation.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type * as networkingv1 from '../../../../../api/networking/v1.ts';
import { goListOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseIpSloppy } from '../../../../../apimachinery/ip-address.ts';
import { isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isPathSegmentName,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, oneOf, require } from '../../core/validation/complaints.ts';

type Ingress = networkingv1.Ingress;

const specPath = field.newPath('spec');
const classAnnotation = 'kubernetes.io/ingress.class';
const invalidSequences = ['//', '/./', '/../', '%2f', '%2F'];
const invalidSuffixes = ['/..', '/.'];
const notAName = 'must be a DNS name, not an IP address';

const hostComplaints = (host: string): string[] =>
  host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host);

/** Complains about kind and name of something referred to. */
export function validateReference(
  errors: Complaints,
  path: Path,
  { apiGroup, kind, name }: Partial<Pick<corev1.TypedLocalObjectReference, 'apiGroup' | 'kind' | 'name'>>,
): void {
  if (typeof apiGroup === 'string') complain(errors, path, 'apiGroup', apiGroup, isDNS1123Subdomain(apiGroup));
  if (require(errors, path, 'kind', kind)) complain(errors, path, 'kind', kind, isPathSegmentName(kind ?? ''));
  if (require(errors, path, 'name', name)) complain(errors, path, 'name', name, isPathSegmentName(name ?? ''));
}

function validateBackend(errors: Complaints, path: Path, { resource, service }: networkingv1.IngressBackend): void {
  if (resource && service) errors.push(field.invalid(path, '', 'cannot set both resource and service backends'));
  else if (resource) validateReference(errors, path.child('resource'), resource);
  else if (service) {
    const at = path.child('service');
    if (require(errors, at, 'name', service.name))
      complain(errors, at, 'name', service.name, isDNS1123Label(service.name));
    const { name = '', number = 0 } = service.port ?? {};
    if (name && number) errors.push(field.invalid(path, '', 'cannot set both port name & port number'));
    else if (name) complain(errors, at.child('port'), 'name', name, isValidPortName(name));
    else if (number) complain(errors, at.child('port'), 'number', number, isValidPortNum(number));
    else errors.push(field.required(path, 'port name or number is required'));
  } else errors.push(field.invalid(path, '', 'resource or service backend is required'));
}

function validatePath(errors: Complaints, path: Path, rule: networkingv1.HTTPIngressPath): void {
  const { pathType, path: text = '', backend } = rule;
  if (!pathType && (pathType as string) !== '') {
    errors.push(field.required(path.child('pathType'), 'pathType must be specified'));
    return;
  }
  const isStrict = pathType === 'Exact' || pathType === 'Prefix';
  if (!isStrict) oneOf(errors, path, 'pathType', pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
  if ((isStrict || (pathType === 'ImplementationSpecific' && text !== '')) && !text.startsWith('/')) {
    complain(errors, path, 'path', text, ['must be an absolute path']);
  }
  if (isStrict) {
    const sequences = invalidSequences.filter((one) => text.includes(one)).map((one) => `must not contain '${one}'`);
    const suffixes = invalidSuffixes.filter((one) => text.endsWith(one)).map((one) => `cannot end with '${one}'`);
    complain(errors, path, 'path', text, [...sequences, ...suffixes]);
  }
  validateBackend(errors, path.child('backend'), backend ?? {});
}

function validatePaths(errors: Complaints, path: Path, { http }: networkingv1.IngressRule): void {
  if (!http) return;
  const paths: readonly networkingv1.HTTPIngressPath[] = http.paths ?? [];
  const at = path.child('http', 'paths');
  if (paths.length === 0) errors.push(field.required(at));
  for (const [i, one] of paths.entries()) validatePath(errors, at.index(i), one);
}

function validateRule(errors: Complaints, path: Path, rule: networkingv1.IngressRule, lenient: boolean): void {
  const { host = '' } = rule;
  if (host) {
    if (parseIpSloppy(host)) complain(errors, path, 'host', host, [notAName]);
    complain(errors, path, 'host', host, hostComplaints(host));
  }
  if (!lenient || !host.includes('*')) validatePaths(errors, path, rule);
}

function hasInvalidWildcardRule(old: Ingress | undefined): boolean {
  const errors: Complaints = [];
  for (const rule of old?.spec?.rules ?? []) if (rule.host?.includes('*')) validatePaths(errors, specPath, rule);
  return errors.length > 0;
}

const secretComplaints = (name: string | undefined): string[] => (name ? isDNS1123Subdomain(name) : []);

/** Complaints about an ingress, given what it was. */
export function validateIngress({ metadata, spec = {} }: Ingress, old?: Ingress): FieldError[] {
  const errors: Complaints = [];
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend) {
    const value = goListOf('networking/v1.IngressRule', spec.rules);
    errors.push(field.invalid(specPath, value, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend) validateBackend(errors, specPath.child('defaultBackend'), defaultBackend);
  const lenient = hasInvalidWildcardRule(old);
  for (const [i, rule] of rules.entries()) validateRule(errors, specPath.child('rules').index(i), rule, lenient);
  const allowSecret = (old?.spec?.tls ?? []).some(({ secretName }) => secretComplaints(secretName).length > 0);
  for (const [i, { hosts = [], secretName }] of tls.entries()) {
    const path = specPath.child('tls').index(i);
    for (const [k, host] of hosts.entries()) {
      complainAt(errors, path.child('hosts').index(k), host, hostComplaints(host));
    }
    if (!allowSecret) complain(errors, path, 'secretName', secretName, secretComplaints(secretName));
  }
  if (ingressClassName !== undefined) {
    complain(errors, specPath, 'ingressClassName', ingressClassName, isDNS1123Subdomain(ingressClassName));
  }
  const annotation = metadata.annotations?.[classAnnotation];
  if (!old && annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName) {
    const why = 'must match `ingressClassName` when both are specified';
    complain(errors, field.newPath('annotations'), classAnnotation, annotation, [why]);
  }
  return errors;
}

/** Complaints about a status. Upstream: ValidateIngressLoadBalancerStatus */
export function validateIngressStatusUpdate({ status }: Ingress, old: Ingress): FieldError[] {
  const errors: Complaints = [];
  const before = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  for (const [i, { ip, hostname }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const path = field.newPath('status', 'loadBalancer', 'ingress').index(i);
    if (ip) errors.push(...isValidIPForLegacyField(path.child('ip'), ip, true, before));
    if (!hostname) continue;
    complain(errors, path, 'hostname', hostname, isDNS1123Subdomain(hostname));
    if (parseIpSloppy(hostname)) complain(errors, path, 'hostname', hostname, [notAName]);
  }
  return errors;
}

/** A warning about the annotation that was before the field. */
export function ingressWarnings({ metadata, spec }: Ingress, old: Ingress | undefined): string[] {
  const isOld = metadata.annotations?.[classAnnotation] !== undefined && spec?.ingressClassName === undefined;
  return isOld && !old
    ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];
}
