/** Rules of EndpointSlices. Upstream: pkg/apis/discovery/validation/validation.go (v1.36) */
import type * as discoveryv1 from '../../../../../api/discovery/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { parseIpSloppy } from '../../../../../apimachinery/ip-address.ts';
import { getWarningsForIP, isValidIP, isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { isDNS1123Label, isDNS1123Subdomain, isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import { type Complaints, complain, validateLabelName } from '../../core/validation/complaints.ts';
import { validateEndpointIP } from '../../core/validation/endpoints.ts';
import { validateLabelMap } from '../../core/validation/labels.ts';

type Slice = discoveryv1.EndpointSlice;

const maxTopologyLabels = 16;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxEndpoints = 1000;
const maxHints = 8;
const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP'];

function validateFullName(errors: Complaints, path: Path, name: string): void {
  const messages = isDNS1123Subdomain(name.replace(/\.$/, ''));
  if (name === '') errors.push(field.required(path));
  else if (messages.length > 0) errors.push(field.invalid(path, name, messages.join(',')));
  else if (name.replace(/\.$/, '').split('.').length < 2) {
    errors.push(field.invalid(path, name, 'should be a domain with at least two segments separated by dots'));
  }
}

function validateAddress(errors: Complaints, list: Path, i: number, address: string, type: string): void {
  const path = list.index(i);
  if (type === 'FQDN') validateFullName(errors, path, address);
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const wrong = type === 'IPv4' ? isValidIPForLegacyField(path, address, true) : isValidIP(path, address);
  errors.push(...wrong);
  if (wrong.length > 0) return;
  const is4 = parseIpSloppy(address)?.length === 4;
  if (is4 !== (type === 'IPv4')) errors.push(field.invalid(list, address, `must be an ${type} address`));
  validateEndpointIP(errors, path, address);
}

function validateHints(errors: Complaints, path: Path, hints: discoveryv1.EndpointHints): void {
  const lists = [
    ['forZones', isValidLabelValue],
    ['forNodes', isDNS1123Subdomain],
  ] as const;
  for (const [name, check] of lists) {
    const items: readonly { name: string }[] = hints[name] ?? [];
    const at = path.child(name);
    if (items.length > maxHints) {
      errors.push(field.tooMany(at, items.length, maxHints));
      return;
    }
    for (const [i, item] of items.entries()) {
      const isRepeated = items.findIndex((one) => one.name === item.name) < i;
      if (isRepeated) errors.push(field.duplicate(at.index(i).child('name'), item.name));
      complain(errors, at.index(i), 'name', item.name, check(item.name));
    }
  }
}

function validateEndpoint(errors: Complaints, path: Path, endpoint: discoveryv1.Endpoint, type: string): void {
  const addresses: readonly string[] = endpoint.addresses ?? [];
  const at = path.child('addresses');
  if (addresses.length === 0) errors.push(field.required(at, 'must contain at least 1 address'));
  if (addresses.length > maxAddresses) errors.push(field.tooMany(at, addresses.length, maxAddresses));
  for (const [i, address] of addresses.entries()) validateAddress(errors, at, i, address, type);
  const { nodeName, hostname, hints, deprecatedTopology = {} } = endpoint;
  if (nodeName !== undefined) complain(errors, path, 'nodeName', nodeName, isDNS1123Subdomain(nodeName));
  const topology = path.child('deprecatedTopology');
  const count = Object.keys(deprecatedTopology).length;
  if (count > maxTopologyLabels) errors.push(field.tooMany(topology, count, maxTopologyLabels));
  validateLabelMap(errors, topology, deprecatedTopology);
  if (hostname !== undefined) complain(errors, path, 'hostname', hostname, isDNS1123Label(hostname));
  if (hints) validateHints(errors, path.child('hints'), hints);
}

function validatePorts(errors: Complaints, ports: readonly discoveryv1.EndpointPort[]): void {
  const path = field.newPath('ports');
  if (ports.length > maxPorts) {
    errors.push(field.tooMany(path, ports.length, maxPorts));
    return;
  }
  const names = new Set<string>();
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    const at = path.index(i);
    if (name) complain(errors, at, 'name', name, isDNS1123Label(name));
    if (names.has(name)) errors.push(field.duplicate(at.child('name'), name));
    names.add(name);
    if (protocol === undefined) errors.push(field.required(at.child('protocol')));
    else if (!protocols.includes(protocol)) errors.push(field.notSupported(at.child('protocol'), protocol, protocols));
    if (appProtocol !== undefined) validateLabelName(errors, at, 'appProtocol', appProtocol);
  }
}

/** Warnings about a slice. Upstream: pkg/registry/discovery/endpointslice/strategy.go (v1.36) */
export function endpointSliceWarnings({ metadata, addressType, endpoints }: Slice, old: Slice | undefined): string[] {
  const warnings = !old && addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  if (/^endpointslice(mirroring)?-controller\.k8s\.io$/.test(metadata.labels?.[managedBy] ?? '')) return warnings;
  const path = field.newPath('endpoints');
  for (const [i, { addresses }] of (endpoints ?? []).entries()) {
    for (const [k, address] of (addresses ?? []).entries()) {
      warnings.push(...getWarningsForIP(path.index(i).child('addresses').index(k), address));
    }
  }
  return warnings;
}

const managedBy = 'endpointslice.kubernetes.io/managed-by';

/** Complaints about a slice, given what it was. */
export function validateEndpointSlice(slice: Slice, old?: Slice): FieldError[] {
  const errors: Complaints = [];
  const type = slice.addressType ?? '';
  const types = ['FQDN', 'IPv4', 'IPv6'];
  if (type === ('' as string)) errors.push(field.required(field.newPath('addressType')));
  else if (!types.includes(type)) errors.push(field.notSupported(field.newPath('addressType'), type, types));
  validatePorts(errors, slice.ports ?? []);
  const path = field.newPath('endpoints');
  const wrong: Complaints = [];
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > maxEndpoints) wrong.push(field.tooMany(path, endpoints.length, maxEndpoints));
  else for (const [i, endpoint] of endpoints.entries()) validateEndpoint(wrong, path.index(i), endpoint, type);
  if (wrong.length > 0 && !(old && semanticDeepEqual(old.endpoints, slice.endpoints))) errors.push(...wrong);
  if (old) validateImmutable(errors, undefined, 'addressType', slice, old);
  return errors;
}
