/** Rules of Endpoints. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { type IpBytes, parseIpSloppy } from '../../../../../apimachinery/ip-address.ts';
import { getWarningsForIP, isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidPortNum,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, requiredOneOf } from './complaints.ts';
import { supportedPortProtocols } from './ports.ts';

function specialRange(ip: IpBytes, text: string): string[] {
  const [a = 0, b = 0, c = 0] = ip;
  const isV4 = ip.length === 4;
  const zeroHead = ip.slice(0, -1).every((byte) => byte === 0);
  const out: string[] = [];
  if (zeroHead && ip.at(-1) === 0) out.push(`may not be unspecified (${text})`);
  if (isV4 ? a === 127 : zeroHead && ip.at(-1) === 1) {
    out.push('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  }
  if (isV4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) {
    out.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (isV4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) {
    out.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return out;
}

/** Complains about an address that no endpoint can have. Upstream: ValidateEndpointIP (v1.36) */
export function validateEndpointIP(errors: Complaints, path: Path, ip: string): void {
  const bytes = parseIpSloppy(ip);
  if (bytes === undefined) errors.push(field.invalid(path, ip, 'must be a valid IP address'));
  else for (const why of specialRange(bytes, ip)) errors.push(field.invalid(path, ip, why));
}

function validateAddress(errors: Complaints, path: Path, address: corev1.EndpointAddress): void {
  const { ip = '', hostname, nodeName } = address;
  errors.push(...isValidIPForLegacyField(path.child('ip'), ip, true));
  if (hostname) complain(errors, path, 'hostname', hostname, isDNS1123Label(hostname));
  if (nodeName !== undefined) complain(errors, path, 'nodeName', nodeName, isDNS1123Subdomain(nodeName));
  validateEndpointIP(errors, path.child('ip'), ip);
}

function validatePort(errors: Complaints, path: Path, port: corev1.EndpointPort, requireName: boolean): void {
  const { name, port: number = 0, protocol, appProtocol } = port;
  if (name) complain(errors, path, 'name', name, isDNS1123Label(name));
  else if (requireName) errors.push(field.required(path.child('name')));
  complain(errors, path, 'port', number, isValidPortNum(number));
  requiredOneOf(errors, path, 'protocol', protocol, supportedPortProtocols);
  if (appProtocol !== undefined) complain(errors, path, 'appProtocol', appProtocol, isQualifiedName(appProtocol));
}

function validateSubset(errors: Complaints, path: Path, subset: corev1.EndpointSubset): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length === 0 && notReadyAddresses.length === 0) {
    errors.push(field.required(path, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [i, address] of addresses.entries()) validateAddress(errors, path.child('addresses').index(i), address);
  for (const [i, address] of notReadyAddresses.entries()) {
    validateAddress(errors, path.child('notReadyAddresses').index(i), address);
  }
  for (const [i, port] of ports.entries()) validatePort(errors, path.child('ports').index(i), port, ports.length > 1);
}

/** Complaints about Endpoints; what was there before may stay. Upstream: ValidateEndpoints (v1.36) */
export function validateEndpoints(endpoints: corev1.Endpoints, old?: corev1.Endpoints): FieldError[] {
  const errors: Complaints = [];
  for (const [i, subset] of (endpoints.subsets ?? []).entries()) {
    validateSubset(errors, field.newPath('subsets').index(i), subset);
  }
  return old && errors.length > 0 && semanticDeepEqual(old.subsets, endpoints.subsets) ? [] : errors;
}

/** Warnings about addresses, but not the endpoints controller's own. Upstream: pkg/registry/core/endpoint/strategy.go endpointsWarnings (v1.36) */
export function endpointsWarnings({ metadata, subsets }: corev1.Endpoints): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return (subsets ?? []).flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) =>
        getWarningsForIP(field.newPath('subsets').index(i).child(list).index(j).child('ip'), ip),
      ),
    ),
  );
}
