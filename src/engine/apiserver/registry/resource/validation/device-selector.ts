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
  type CelType,
  type ObjectType,
} from '../../../cel/cel-type.ts';
import { unbounded } from '../../../cel/cost/estimate.ts';
import type { SizeEstimator } from '../../../cel/cost/static-cost.ts';
import { compile } from '../../../cel/environment.ts';
import { CelCompileError, CelInstantiationError } from '../../../cel/issues.ts';
import type { Complaints } from '../../core/validation/complaints.ts';
import { validateSlice } from './field-rules.ts';

const deviceSelectorsMaxSize = 32;
const celSelectorExpressionMaxLength = 10 * 1024;
/** The most that one evaluation may cost. */
export const celSelectorExpressionMaxCost = 1_000_000;

/** What `device` is in a selector. */
const deviceType: ObjectType = objectType('kubernetes.DRADevice', {
  driver: stringType,
  allowMultipleAllocations: boolType,
  attributes: mapOf(stringType, mapOf(stringType, anyType)),
  capacity: mapOf(stringType, mapOf(stringType, readType('kubernetes.Quantity'))),
});

/** What selectors see. */
export const deviceSelectorEnvironment = { variables: { device: deviceType }, bindings: true };

/** How large something may be, with what lies below it. */
interface Sized {
  readonly max: number;
  readonly below?: Readonly<Record<string, Sized>>;
  /** Whatever the name of a member. */
  readonly member?: Sized;
}

const domain: Sized = { max: 63 };
const id: Sized = { max: 32 };
const attribute: Sized = { max: 64 };
const mapSize = 32;
const ofAttributes: Sized = { max: mapSize, below: { '@keys': id, '@values': attribute }, member: attribute };
const ofCapacities: Sized = { max: mapSize, below: { '@keys': id, '@values': { max: 0 } } };
const deviceSizes: Sized = {
  max: unbounded,
  below: {
    driver: { max: 63 },
    allowMultipleAllocations: { max: 1 },
    attributes: { max: mapSize, below: { '@keys': domain, '@values': ofAttributes } },
    capacity: { max: mapSize, below: { '@keys': domain, '@values': ofCapacities } },
  },
};

/** Upstream: sizeEstimator.EstimateSize */
const sizeAt: SizeEstimator = ([root, ...path]) => {
  let size: Sized | undefined = root === 'device' ? deviceSizes : undefined;
  for (const name of path) {
    const isPart = name.startsWith('@');
    size = size?.below?.[name === '@items' ? '@values' : name] ?? (isPart ? undefined : size?.member);
  }
  return size && { min: 0, max: size.max };
};

const runtimeNames: Readonly<Record<string, string>> = {
  any: 'google.protobuf.Any',
  duration: 'google.protobuf.Duration',
  null: 'null_type',
  timestamp: 'google.protobuf.Timestamp',
};

/** A type under the names that values have. Upstream: cel-go's types.Type.String */
const runtimeName = (type: CelType): string =>
  typeText(type).replace(/\b(?:any|duration|null|timestamp)\b/g, (name) => runtimeNames[name] ?? name);

function validateExpression(errors: Complaints, path: Path, expression: string): void {
  try {
    const program = compile(expression, deviceSelectorEnvironment);
    const { type } = program;
    if (type !== boolType && type !== anyType) {
      const why = `must evaluate to bool or the unknown type, not ${runtimeName(type)}`;
      errors.push(field.invalid(path, expression, why));
    } else if (program.estimateCost(sizeAt).max > celSelectorExpressionMaxCost) {
      errors.push(field.forbidden(path, 'too complex, exceeds cost limit'));
    }
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
