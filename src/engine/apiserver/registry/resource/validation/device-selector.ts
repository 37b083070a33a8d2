/** CEL selectors of devices. Upstream: dynamic-resource-allocation/cel/compile.go (v1.36) */
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength } from '../../../../../apimachinery/validation.ts';
import {
  anyType,
  boolType,
  mapOf,
  objectType,
  readType,
  stringType,
  typeText,
  type ObjectType,
} from '../../../cel/cel-type.ts';
import { compile } from '../../../cel/environment.ts';
import { CelCompileError, CelInstantiationError } from '../../../cel/issues.ts';
import type { Complaints } from '../../core/validation/complaints.ts';
import { validateSlice } from './field-rules.ts';

const deviceSelectorsMaxSize = 32;
const celSelectorExpressionMaxLength = 10 * 1024;

/** What `device` is in a selector. */
export const deviceType: ObjectType = objectType('kubernetes.DRADevice', {
  driver: stringType,
  allowMultipleAllocations: boolType,
  attributes: mapOf(stringType, mapOf(stringType, anyType)),
  capacity: mapOf(stringType, mapOf(stringType, readType('kubernetes.Quantity'))),
});

const environment = { variables: { device: deviceType } };

function validateExpression(errors: Complaints, path: Path, expression: string): void {
  try {
    const { type } = compile(expression, environment);
    if (type === boolType || type === anyType) return;
    const why = `must evaluate to bool or the unknown type, not ${typeText(type)}`;
    errors.push(field.invalid(path, expression, why));
  } catch (error) {
    if (error instanceof CelCompileError) {
      errors.push(field.invalid(path, expression, `compilation failed: ${error.message}`));
    } else if (error instanceof CelInstantiationError) errors.push(field.internalError(path, error.message));
    else throw error;
  }
}

/** Upstream: validateSelectorSlice, validateCELSelector */
export function validateSelectors(
  errors: Complaints,
  path: Path,
  selectors: readonly resourcev1.DeviceSelector[] | undefined,
): void {
  validateSlice(errors, path, selectors, deviceSelectorsMaxSize, ({ cel }, at) => {
    if (!cel) {
      errors.push(field.required(at.child('cel')));
      return;
    }
    const source = cel.expression ?? '';
    const where = at.child('cel', 'expression');
    if (byteLength(source) > celSelectorExpressionMaxLength) {
      errors.push(field.tooLong(where, celSelectorExpressionMaxLength));
    } else validateExpression(errors, where, source);
  });
}
