/** Rules of a claim's status. Upstream: pkg/apis/resource/validation/validation.go (v1.36) */
import { goValueOf } from '../../../../../api/go-value.ts';
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { isValidInterfaceAddress } from '../../../../../apimachinery/ip-validation.ts';
import { byteLength } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, fieldImmutable, require, requiredOneOf } from '../../core/validation/complaints.ts';
import { validateConditions } from '../../core/validation/conditions.ts';
import { validateNodeSelector } from '../../core/validation/node-selector.ts';
import {
  deviceConfigMaxSize,
  gatherRequestNames,
  type RequestNames,
  validateRequestNameRef,
  validateRequestNameRefs,
} from './device-claim.ts';
import { validateDeviceBindingParameters, validateDeviceConfiguration } from './device-configuration.ts';
import {
  validateDriverName,
  validateLabel,
  validatePoolName,
  validateRawExtension,
  validateSet,
  validateSlice,
  validateUID,
} from './field-rules.ts';

type Claim = resourcev1.ResourceClaim;

const reservedForMaxSize = 256;
const allocationResultsMaxSize = 32;
const maxConditions = 8;
const dataMaxLength = 10 * 1024;
const interfaceNameMaxLength = 256;
const hardwareAddressMaxLength = 128;
const maxIPs = 16;

interface DeviceKey {
  readonly driver?: string;
  readonly pool?: string;
  readonly device?: string;
  readonly shareID?: string;
}

/** A device, or a share of one, in the whole cluster; printed as Go's struct. Upstream: structured.SharedDeviceID */
function sharedDeviceID({ driver = '', pool = '', device = '', shareID = '' }: DeviceKey): object {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID };
}

/** As text, for sets. */
export const sharedDeviceKey = (device: DeviceKey): string => JSON.stringify(sharedDeviceID(device));

function validateNetworkData(errors: Complaints, path: Path, data: resourcev1.NetworkDeviceData): void {
  const { interfaceName = '', hardwareAddress = '', ips } = data;
  if (byteLength(interfaceName) > interfaceNameMaxLength) {
    errors.push(field.tooLong(path.child('interfaceName'), interfaceNameMaxLength));
  }
  if (byteLength(hardwareAddress) > hardwareAddressMaxLength) {
    errors.push(field.tooLong(path.child('hardwareAddress'), hardwareAddressMaxLength));
  }
  validateSet(errors, path.child('ips'), ips, {
    maxSize: maxIPs,
    rule: (ip, at) => errors.push(...isValidInterfaceAddress(at, ip)),
    key: (ip) => ip,
  });
}

function validateDeviceStatus(
  errors: Complaints,
  path: Path,
  device: resourcev1.AllocatedDeviceStatus,
  allocated: ReadonlySet<string>,
): void {
  validateDriverName(errors, path.child('driver'), device.driver);
  validatePoolName(errors, path.child('pool'), device.pool);
  validateLabel(errors, path.child('device'), device.device);
  if (device.shareID !== undefined) validateUID(errors, path.child('shareID'), device.shareID);
  if (!allocated.has(sharedDeviceKey(device))) {
    errors.push(field.invalid(path, sharedDeviceID(device), 'must be an allocated device in the claim'));
  }
  const conditions = device.conditions ?? [];
  const at = path.child('conditions');
  if (conditions.length > maxConditions) errors.push(field.tooMany(at, conditions.length, maxConditions));
  validateConditions(errors, at, conditions);
  if (device.data !== undefined && device.data !== null) {
    validateRawExtension(errors, path.child('data'), device.data, false, dataMaxLength);
  }
  if (device.networkData) validateNetworkData(errors, path.child('networkData'), device.networkData);
}

function validateResult(
  errors: Complaints,
  path: Path,
  result: resourcev1.DeviceRequestAllocationResult,
  names: RequestNames,
): void {
  validateRequestNameRef(errors, path.child('request'), result.request ?? '', names);
  validateDriverName(errors, path.child('driver'), result.driver);
  validatePoolName(errors, path.child('pool'), result.pool);
  validateLabel(errors, path.child('device'), result.device);
  validateDeviceBindingParameters(errors, path, result);
  if (result.shareID !== undefined) validateUID(errors, path.child('shareID'), result.shareID);
}

function validateAllocationResult(
  errors: Complaints,
  path: Path,
  { devices, nodeSelector }: resourcev1.AllocationResult,
  names: RequestNames,
): void {
  const at = path.child('devices');
  validateSlice(errors, at.child('results'), devices?.results, allocationResultsMaxSize, (result, where) =>
    validateResult(errors, where, result, names),
  );
  validateSlice(errors, at.child('config'), devices?.config, 2 * deviceConfigMaxSize, (config, where) => {
    requiredOneOf(errors, where, 'source', config.source, ['FromClaim', 'FromClass']);
    validateRequestNameRefs(errors, where.child('requests'), config.requests, names);
    validateDeviceConfiguration(errors, where, config, false);
  });
  if (nodeSelector) validateNodeSelector(errors, path.child('nodeSelector'), nodeSelector);
}

const consumerKey = ({ apiGroup = '', resource, name, uid }: resourcev1.ResourceClaimConsumerReference): string =>
  JSON.stringify([apiGroup, resource, name, uid]);

function validateReservation(errors: Complaints, path: Path, { status = {}, metadata }: Claim, old: Claim): void {
  const { reservedFor = [], allocation } = status;
  if (reservedFor.length === 0) return;
  if (!allocation) {
    errors.push(field.forbidden(path, 'may not be specified when `allocated` is not set'));
    return;
  }
  if (metadata.deletionTimestamp === undefined) return;
  const before = new Set((old.status?.reservedFor ?? []).map(consumerKey));
  if (reservedFor.every((consumer) => before.has(consumerKey(consumer)))) return;
  const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
  errors.push(field.forbidden(path, why));
}

/** Complaints about a change of a claim's status. Upstream: ValidateResourceClaimStatusUpdate (v1.36) */
export function validateResourceClaimStatusUpdate(claim: Claim, old: Claim): FieldError[] {
  const errors: Complaints = [];
  const { reservedFor, devices, allocation } = claim.status ?? {};
  const path = field.newPath('status');
  validateSet(errors, path.child('reservedFor'), reservedFor, {
    maxSize: reservedForMaxSize,
    rule: ({ resource, name, uid }, at) => {
      require(errors, at, 'resource', resource);
      require(errors, at, 'name', name);
      require(errors, at, 'uid', uid);
    },
    key: ({ uid }) => uid ?? '',
  });
  const allocated = new Set((allocation?.devices?.results ?? []).map(sharedDeviceKey));
  validateSet(errors, path.child('devices'), devices, {
    rule: (device, at) => validateDeviceStatus(errors, at, device, allocated),
    key: sharedDeviceKey,
    printed: sharedDeviceID,
  });
  validateReservation(errors, path.child('reservedFor'), claim, old);
  const before = old.status?.allocation;
  if (!allocation) return errors;
  if (!before) {
    const names = gatherRequestNames(claim.spec.devices);
    validateAllocationResult(errors, path.child('allocation'), allocation, names);
  } else if (!semanticDeepEqual(allocation, before)) {
    complain(errors, path, 'allocation', goValueOf('resource/v1.AllocationResult', allocation), [fieldImmutable]);
  }
  return errors;
}
