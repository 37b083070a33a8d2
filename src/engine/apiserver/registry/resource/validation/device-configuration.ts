/** Rules of the configuration of devices, tolerations and taints. Upstream: pkg/apis/resource/validation/validation.go (v1.36) */
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, requiredOneOf } from '../../core/validation/complaints.ts';
import { validateDriverName, validateLabelKey, validateRawExtension, validateSlice } from './field-rules.ts';

const opaqueParametersMaxLength = 10 * 1024;
const bindingConditionsMaxSize = 4;
const taintEffects = ['NoExecute', 'NoSchedule', 'None'];

/** Upstream: validateDeviceConfiguration, validateOpaqueConfiguration */
export function validateDeviceConfiguration(
  errors: Complaints,
  path: Path,
  { opaque }: resourcev1.DeviceClassConfiguration,
  stored: boolean,
): void {
  const at = path.child('opaque');
  if (!opaque) {
    errors.push(field.required(at));
    return;
  }
  validateDriverName(errors, at.child('driver'), opaque.driver);
  validateRawExtension(errors, at.child('parameters'), opaque.parameters, stored, opaqueParametersMaxLength);
}

/** Upstream: validateDeviceTaint */
export function validateDeviceTaint(errors: Complaints, path: Path, taint: resourcev1.DeviceTaint): void {
  validateLabelKey(errors, path.child('key'), taint.key);
  if (taint.value) complain(errors, path, 'value', taint.value, isValidLabelValue(taint.value));
  requiredOneOf(errors, path, 'effect', taint.effect, taintEffects);
}

/** Upstream: validateDeviceToleration */
export function validateDeviceToleration(
  errors: Complaints,
  path: Path,
  toleration: resourcev1.DeviceToleration,
): void {
  const { key, operator, value = '', effect } = toleration;
  if (key) validateLabelKey(errors, path.child('key'), key);
  if (operator === 'Exists') {
    if (value !== '') complain(errors, path, 'value', value, ['must be empty for operator `Exists`']);
  } else if (operator === 'Equal') complain(errors, path, 'value', value, isValidLabelValue(value));
  else requiredOneOf(errors, path, 'operator', operator, ['Equal', 'Exists']);
  if (effect) oneOf(errors, path, 'effect', effect, taintEffects);
}

interface BindingParameters {
  readonly bindingConditions?: readonly string[];
  readonly bindingFailureConditions?: readonly string[];
}

function complainAboutRepeats(
  errors: Complaints,
  path: Path,
  conditions: readonly string[],
  others?: readonly string[],
) {
  for (const [i, condition] of conditions.entries()) {
    if (conditions.indexOf(condition) < i) errors.push(field.duplicate(path.index(i), condition));
    if (!others?.includes(condition)) continue;
    const why = 'bindingFailureConditions must not overlap with bindingConditions';
    errors.push(field.invalid(path.index(i), condition, why));
  }
}

/** Upstream: validateDeviceBindingParameters */
export function validateDeviceBindingParameters(errors: Complaints, path: Path, parameters: BindingParameters): void {
  const { bindingConditions: conditions = [], bindingFailureConditions: failures = [] } = parameters;
  if (conditions.length === 0 && failures.length === 0) return;
  const at = path.child('bindingConditions');
  const failuresAt = path.child('bindingFailureConditions');
  const rule = (name: string, where: Path): void => validateLabelKey(errors, where, name);
  validateSlice(errors, at, conditions, bindingConditionsMaxSize, rule);
  validateSlice(errors, failuresAt, failures, bindingConditionsMaxSize, rule);
  complainAboutRepeats(errors, at, conditions);
  complainAboutRepeats(errors, failuresAt, failures, conditions);
  if (conditions.length === 0) {
    const why = 'bindingConditions are required to use bindingFailureConditions';
    errors.push(field.invalid(at, parameters.bindingConditions ?? null, why));
  }
  if (failures.length === 0) {
    const why = 'bindingFailureConditions are required to use bindingConditions';
    errors.push(field.invalid(failuresAt, parameters.bindingFailureConditions ?? null, why));
  }
}
