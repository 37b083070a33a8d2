/** Rules of one device of a slice. Upstream: pkg/apis/resource/validation/validation.go validateDevice (v1.36) */
import { goValueOf } from '../../../../../api/go-value.ts';
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain } from '../../core/validation/complaints.ts';
import { validateNodeSelector } from '../../core/validation/node-selector.ts';
import { validateCounters } from './counters.ts';
import { validateDeviceBindingParameters, validateDeviceTaint } from './device-configuration.ts';
import {
  attributeAndCapacityMaxKeyLength,
  validateLabel,
  validateMap,
  validateQualifiedName,
  validateSet,
  validateSlice,
} from './field-rules.ts';
import { validateRequestPolicy } from './request-policy.ts';

const maxAttributesAndCapacities = 32;
const maxAttributeValues = 48;
const attributeMaxValueLength = 64;
const taintsMaxLength = 16;
const maxCounterConsumptions = 2;
const number = '(0|[1-9]\\d*)';
const preRelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const build = '[0-9a-zA-Z-]+';
const semver = new RegExp(
  `^${number}\\.${number}\\.${number}(-${preRelease}(\\.${preRelease})*)?(\\+${build}(\\.${build})*)?$`,
);

export interface DeviceOptions {
  /** The taints are what they were. */
  readonly sameTaints: boolean;
  /** Each device says which nodes it is on. */
  readonly placed: boolean;
}

function validateAttribute(errors: Complaints, path: Path, attribute: resourcev1.DeviceAttribute): void {
  const { bool, int, string, version } = attribute;
  const tooLong = (name: string, text: string): void => {
    if (byteLength(text) > attributeMaxValueLength) {
      errors.push(field.tooLong(path.child(name), attributeMaxValueLength));
    }
  };
  if (string !== undefined) tooLong('string', string);
  if (version !== undefined) {
    if (!semver.test(version)) {
      complain(errors, path, 'version', version, ['must be a string compatible with semver.org spec 2.0.0']);
    }
    tooLong('version', version);
  }
  const set = [bool, int, string, version].filter((value) => value !== undefined).length;
  if (set === 1) return;
  const value = set === 0 ? '' : goValueOf('resource/v1.DeviceAttribute', attribute);
  errors.push(field.invalid(path, value, 'exactly one value must be specified'));
}

function validateCapacity(
  errors: Complaints,
  path: Path,
  { value, requestPolicy }: resourcev1.DeviceCapacity,
  shared: boolean,
): void {
  if (!requestPolicy) return;
  const at = path.child('requestPolicy');
  if (shared) validateRequestPolicy(errors, at, requestPolicy, value ?? '0');
  else errors.push(field.forbidden(at, 'allowMultipleAllocations must be true'));
}

function validateCounts(errors: Complaints, path: Path, { attributes = {}, capacity = {} }: resourcev1.Device): void {
  const values = Object.keys(attributes).length;
  const total = values + Object.keys(capacity).length;
  if (total > maxAttributesAndCapacities) {
    const why = `the total number of attributes and capacities must not exceed ${maxAttributesAndCapacities}`;
    errors.push(field.invalid(path, total, why));
  }
  if (values > maxAttributeValues) {
    errors.push(
      field.invalid(path, values, `the total number of attribute values must not exceed ${maxAttributeValues}`),
    );
  }
}

function validatePlace(errors: Complaints, path: Path, device: resourcev1.Device): void {
  const { nodeName, nodeSelector, allNodes } = device;
  const set: string[] = [];
  if (nodeName === '') complain(errors, path, 'nodeName', nodeName, ['must not be empty']);
  else if (nodeName !== undefined) {
    set.push('`nodeName`');
    complain(errors, path, 'nodeName', nodeName, isDNS1123Subdomain(nodeName));
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    validateNodeSelector(errors, path.child('nodeSelector'), nodeSelector);
  }
  if (allNodes) set.push('`allNodes`');
  else if (allNodes === false) complain(errors, path, 'allNodes', false, ['must be either unset or set to true']);
  const why =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (set.length === 0) errors.push(field.required(path, why));
  if (set.length > 1) errors.push(field.invalid(path, `{${set.join(', ')}}`, why));
}

/** Complains about a device. */
export function validateDevice(
  errors: Complaints,
  path: Path,
  device: resourcev1.Device,
  { sameTaints, placed }: DeviceOptions,
): void {
  validateLabel(errors, path.child('name'), device.name);
  validateCounts(errors, path, device);
  const names = {
    truncateKeyLength: attributeAndCapacityMaxKeyLength,
    keyRule: (name: string, at: Path): void => validateQualifiedName(errors, at, name),
  };
  validateMap(errors, path.child('attributes'), device.attributes, {
    ...names,
    rule: (attribute, at) => validateAttribute(errors, at, attribute),
  });
  validateMap(errors, path.child('capacity'), device.capacity, {
    ...names,
    rule: (capacity, at) => validateCapacity(errors, at, capacity, device.allowMultipleAllocations === true),
  });
  if (!sameTaints) {
    validateSlice(errors, path.child('taints'), device.taints, taintsMaxLength, (taint, at) =>
      validateDeviceTaint(errors, at, taint),
    );
  }
  validateSet(errors, path.child('consumesCounters'), device.consumesCounters, {
    maxSize: maxCounterConsumptions,
    rule: ({ counterSet, counters }, at) => {
      if (counterSet) validateLabel(errors, at.child('counterSet'), counterSet);
      else errors.push(field.required(at.child('counterSet')));
      validateCounters(errors, at.child('counters'), counters);
    },
    key: ({ counterSet }) => counterSet ?? '',
  });
  if (placed) validatePlace(errors, path, device);
  else if (device.nodeName !== undefined || device.nodeSelector || device.allNodes !== undefined) {
    const why =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    errors.push(field.invalid(path, null, why));
  }
  validateDeviceBindingParameters(errors, path, device);
}
