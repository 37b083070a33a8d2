/** Rules of IngressClasses, IPAddresses and ServiceCIDRs. Upstream: pkg/apis/networking/validation/validation.go (v1.36) */
import type * as networkingv1 from '../../../../../api/networking/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { parseCidrSloppy } from '../../../../../apimachinery/ip-address.ts';
import { isValidCIDR, isValidIP } from '../../../../../apimachinery/ip-validation.ts';
import {
  byteLength,
  isDNS1123Label,
  isDNS1123Subdomain,
  isPathSegmentName,
} from '../../../../../apimachinery/validation.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import { validateDomainPrefixedPath } from '../../batch/validation/domain-prefixed-path.ts';
import { type Complaints, complain, fieldImmutable, oneOf, require } from '../../core/validation/complaints.ts';
import { validateReference } from './ingress.ts';

const specPath = field.newPath('spec');
const maxControllerLength = 250;

function validateParameters(errors: Complaints, parameters: networkingv1.IngressClassParametersReference): void {
  const path = specPath.child('parameters');
  const { scope, namespace } = parameters;
  validateReference(errors, path, parameters);
  if (scope === undefined) errors.push(field.required(path.child('scope')));
  else if (scope === 'Namespace') {
    if (namespace !== undefined) complain(errors, path, 'namespace', namespace, isDNS1123Label(namespace));
    else errors.push(field.required(path.child('namespace'), "`parameters.scope` is set to 'Namespace'"));
  } else if (scope === 'Cluster') {
    if (namespace === undefined) return;
    errors.push(field.forbidden(path.child('namespace'), "`parameters.scope` is set to 'Cluster'"));
  } else oneOf(errors, path, 'scope', scope, ['Cluster', 'Namespace']);
}

type IngressClass = networkingv1.IngressClass;

/** Complaints about an ingress class, given what it was. */
export function validateIngressClass({ spec = {} }: IngressClass): FieldError[] {
  const errors: Complaints = [];
  const { controller = '', parameters } = spec;
  if (byteLength(controller) > maxControllerLength) {
    errors.push(field.tooLong(specPath.child('controller'), maxControllerLength));
  }
  validateDomainPrefixedPath(errors, specPath.child('controller'), controller);
  if (parameters) validateParameters(errors, parameters);
  return errors;
}

/** Complaints about a change of a class. */
export function validateIngressClassUpdate({ spec }: IngressClass, old: IngressClass): FieldError[] {
  const controller = spec?.controller ?? '';
  if (controller === (old.spec?.controller ?? '')) return [];
  return [field.invalid(specPath.child('controller'), controller, fieldImmutable)];
}

/** The complaints about a name that is no address. */
export const ipAddressNameComplaints = (name: string): string[] =>
  isValidIP(undefined, name).map(({ detail }) => detail);

/** Complaints about an IPAddress. */
export function validateIPAddress({ spec }: networkingv1.IPAddress): FieldError[] {
  const parent = spec?.parentRef;
  const path = specPath.child('parentRef');
  if (!parent) return [field.required(path)];
  const errors: Complaints = [];
  const { group, resource, name, namespace } = parent;
  if (group) complain(errors, path, 'group', group, isDNS1123Subdomain(group));
  if (require(errors, path, 'resource', resource))
    complain(errors, path, 'resource', resource, isPathSegmentName(resource));
  if (require(errors, path, 'name', name)) complain(errors, path, 'name', name, isPathSegmentName(name));
  if (namespace) complain(errors, path, 'namespace', namespace, isPathSegmentName(namespace));
  return errors;
}

/** Complaints about a change of an IPAddress. */
export function validateIPAddressUpdate(object: networkingv1.IPAddress, old: networkingv1.IPAddress): FieldError[] {
  const errors: Complaints = [];
  validateImmutable(errors, specPath, 'parentRef', object.spec, old.spec, 'networking/v1.ParentReference');
  return errors;
}

/** Complaints about a ServiceCIDR. */
export function validateServiceCIDR({ spec = {} }: networkingv1.ServiceCIDR): FieldError[] {
  const path = specPath.child('cidrs');
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [field.required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) {
    return [field.invalid(path, goValueOf('networking/v1.ServiceCIDRSpec', spec), 'may only hold up to 2 values')];
  }
  const errors = cidrs.flatMap((cidr, i) => isValidCIDR(path.index(i), cidr));
  const [first, second] = cidrs.map((cidr) => parseCidrSloppy(cidr)?.address.length);
  if (first !== undefined && first === second) {
    const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(field.invalid(path, cidrs, why));
  }
  return errors;
}

/** Complaints about a change of a ServiceCIDR. */
export function validateServiceCIDRUpdate(
  object: networkingv1.ServiceCIDR,
  old: networkingv1.ServiceCIDR,
): FieldError[] {
  const path = specPath.child('cidrs');
  const now = object.spec?.cidrs ?? [];
  const before = old.spec?.cidrs ?? [];
  const grows = before.length === 1 && now.length === 2;
  if (now.length !== before.length && !grows) {
    return [field.invalid(path, object.spec?.cidrs ?? null, fieldImmutable)];
  }
  const errors = before.flatMap((cidr, i) =>
    cidr === now[i] ? [] : [field.invalid(path.index(i), now[i], fieldImmutable)],
  );
  return grows ? [...errors, ...validateServiceCIDR(object)] : errors;
}
