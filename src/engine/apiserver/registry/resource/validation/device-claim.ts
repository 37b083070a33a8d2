/** Rules of what a claim asks for. Upstream: pkg/apis/resource/validation/validation.go (v1.36) */
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, require } from '../../core/validation/complaints.ts';
import { validateDeviceConfiguration, validateDeviceToleration } from './device-configuration.ts';
import { validateSelectors } from './device-selector.ts';
import { validateFullyQualifiedName, validateLabel, validateSet, validateSlice } from './field-rules.ts';

const deviceRequestsMaxSize = 32;
const deviceConstraintsMaxSize = 32;
/** The most configurations of a claim or class. */
export const deviceConfigMaxSize = 32;
const firstAvailableMaxSize = 8;
const allocationModes = ['All', 'ExactCount'];

/** Requests by name, with the names of their alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Upstream: gatherRequestNames */
export function gatherRequestNames(claim: resourcev1.DeviceClaim | undefined): RequestNames {
  const names = new Map<string, ReadonlySet<string>>();
  for (const { name, firstAvailable = [] } of claim?.requests ?? []) {
    names.set(name, new Set(firstAvailable.map((alternative) => alternative.name)));
  }
  return names;
}

function knows(names: RequestNames, ref: string): boolean {
  const [request = '', alternative] = ref.split('/');
  const alternatives = names.get(request);
  return alternatives !== undefined && (alternative === undefined || alternatives.has(alternative));
}

/** Upstream: validateRequestNameRef */
export function validateRequestNameRef(errors: Complaints, path: Path, ref: string, names: RequestNames): void {
  const why = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
  const segments = ref.split('/');
  if (segments.length > 2) {
    errors.push(field.invalid(path, ref, why));
    return;
  }
  for (const segment of segments) complainAt(errors, path, segment, isDNS1123Label(segment));
  if (!knows(names, ref)) errors.push(field.invalid(path, ref, why));
}

/** Complains about a set of names of requests. */
export function validateRequestNameRefs(
  errors: Complaints,
  path: Path,
  refs: readonly string[] | undefined,
  names: RequestNames,
): void {
  validateSet(errors, path, refs, {
    maxSize: deviceRequestsMaxSize,
    rule: (ref, at) => validateRequestNameRef(errors, at, ref, names),
    key: (ref) => ref,
  });
}

function validateAllocationMode(errors: Complaints, path: Path, mode = '', count = 0): void {
  if (mode === 'All') {
    if (count === 0) return;
    complain(errors, path, 'count', count, ["must not be specified when allocationMode is 'All'"]);
  } else if (mode === 'ExactCount') {
    if (count <= 0) complain(errors, path, 'count', count, ['must be greater than zero']);
  } else errors.push(field.notSupported(path.child('allocationMode'), mode, allocationModes));
}

function validateWish(
  errors: Complaints,
  path: Path,
  wish: resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest,
): void {
  const { deviceClassName = '', selectors, allocationMode, count, tolerations = [] } = wish;
  if (require(errors, path, 'deviceClassName', deviceClassName)) {
    complain(errors, path, 'deviceClassName', deviceClassName, isDNS1123Subdomain(deviceClassName));
  }
  validateSelectors(errors, path.child('selectors'), selectors);
  validateAllocationMode(errors, path, allocationMode, count);
  for (const [i, toleration] of tolerations.entries()) {
    validateDeviceToleration(errors, path.child('tolerations').index(i), toleration);
  }
}

function validateDeviceRequest(errors: Complaints, path: Path, request: resourcev1.DeviceRequest): void {
  const { name, exactly, firstAvailable = [] } = request;
  validateLabel(errors, path.child('name'), name);
  const rule = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly && firstAvailable.length > 0) {
    errors.push(field.invalid(path, null, `${rule}, but multiple fields are set`));
  } else if (exactly) validateWish(errors, path.child('exactly'), exactly);
  else if (firstAvailable.length === 0) errors.push(field.required(path, rule));
  else {
    validateSet(errors, path.child('firstAvailable'), firstAvailable, {
      maxSize: firstAvailableMaxSize,
      rule: (alternative, at) => {
        validateLabel(errors, at.child('name'), alternative.name);
        validateWish(errors, at, alternative);
      },
      key: (alternative) => alternative.name ?? '',
    });
  }
}

function validateDeviceConstraint(
  errors: Complaints,
  path: Path,
  { requests, matchAttribute, distinctAttribute }: resourcev1.DeviceConstraint,
  names: RequestNames,
): void {
  validateRequestNameRefs(errors, path.child('requests'), requests, names);
  if (matchAttribute !== undefined) {
    validateFullyQualifiedName(errors, path.child('matchAttribute'), matchAttribute);
  } else if (distinctAttribute !== undefined) {
    validateFullyQualifiedName(errors, path.child('distinctAttribute'), distinctAttribute);
  } else {
    const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
    errors.push(field.required(path, why));
  }
}

/** Complains about a claim's spec. Upstream: validateResourceClaimSpec, validateDeviceClaim */
export function validateResourceClaimSpec(
  errors: Complaints,
  path: Path,
  spec: resourcev1.ResourceClaimSpec | undefined,
): void {
  const { requests, constraints, config } = spec?.devices ?? {};
  const at = path.child('devices');
  const names = gatherRequestNames(spec?.devices);
  validateSet(errors, at.child('requests'), requests, {
    maxSize: deviceRequestsMaxSize,
    rule: (request, where) => validateDeviceRequest(errors, where, request),
    key: ({ name }) => name ?? '',
  });
  validateSlice(errors, at.child('constraints'), constraints, deviceConstraintsMaxSize, (constraint, where) =>
    validateDeviceConstraint(errors, where, constraint, names),
  );
  validateSlice(errors, at.child('config'), config, deviceConfigMaxSize, (one, where) => {
    validateRequestNameRefs(errors, where.child('requests'), one.requests, names);
    validateDeviceConfiguration(errors, where, one, false);
  });
}
