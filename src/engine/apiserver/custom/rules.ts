/**
 * `x-kubernetes-validations` of custom resources.
 * Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/{compilation,validation}.go (v1.36). Differs: no budget of costs; rules of
 * unchanged parts are not ratcheted.
 */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import type { Program } from '../cel/environment.ts';
import { CelCompileError, CelError, CelInstantiationError } from '../cel/issues.ts';
import type { Activation } from '../cel/planner.ts';
import { boolType, optionalOf, stringType, type CelType } from '../cel/cel-type.ts';
import { CelOptional, noneValue, type CelValue } from '../cel/values.ts';
import { compileTyped, ExpressionError } from '../admission/policy/programs.ts';
import { messageOf } from '../admission/policy/validating.ts';
import { asResource, celOfCustom, celTypeOf } from './cel-types.ts';
import { additionalOf, propertyOf, type JsonSchema } from './json-schema.ts';

/** A rule as a schema states it. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: Program | undefined;
  readonly error: string | undefined;
  readonly messageProgram: Program | undefined;
  readonly messageError: string | undefined;
  readonly usesOldSelf: boolean;
}

export const rulesOf = (schema: JsonSchema): readonly ValidationRule[] =>
  (schema['x-kubernetes-validations'] ?? []) as readonly ValidationRule[];

/** Whether a schema, or one inside of it, has rules. */
export function hasRules(schema: JsonSchema): boolean {
  if (rulesOf(schema).length > 0) return true;
  const additional = additionalOf(schema);
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...parts, ...(additional ? [additional] : [])].some(hasRules);
}

const compiled = new WeakMap<JsonSchema, readonly CompiledRule[]>();

/** The rules of one schema, compiled once. */
export function compileRules(schema: JsonSchema, isRoot: boolean): readonly CompiledRule[] {
  let known = compiled.get(schema);
  if (!known) {
    const self = celTypeOf(isRoot ? asResource(schema) : schema);
    known = rulesOf(schema).map((rule) => compileRule(rule, self));
    compiled.set(schema, known);
  }
  return known;
}

function compileRule(rule: ValidationRule, self: CelType | undefined): CompiledRule {
  const none = { rule, program: undefined, messageProgram: undefined, messageError: undefined, usesOldSelf: false };
  if (!self || rule.rule.trim() === '') return { ...none, error: undefined };
  const variables = { self, oldSelf: rule.optionalOldSelf ? optionalOf(self) : self };
  const [program, error] = attempt(rule.rule, variables, {
    type: boolType,
    prefix: '',
    wrong: 'cel expression must evaluate to a bool',
  });
  if (!program) return { ...none, error };
  const usesOldSelf = program.references.has('oldSelf');
  const [messageProgram, messageError] = rule.messageExpression
    ? attempt(rule.messageExpression, variables, {
        type: stringType,
        prefix: 'messageExpression ',
        wrong: 'messageExpression must evaluate to a string',
      })
    : [undefined, undefined];
  return { rule, program, error, messageProgram, messageError, usesOldSelf };
}

type Attempt = readonly [program: Program | undefined, error: string | undefined];

interface Wanted {
  readonly type: CelType;
  /** What stands before complaints. */
  readonly prefix: string;
  /** What is said of another type. */
  readonly wrong: string;
}

function attempt(source: string, variables: Readonly<Record<string, CelType>>, wanted: Wanted): Attempt {
  try {
    return [compileTyped(source, { variables }, [wanted.type]), undefined];
  } catch (error) {
    if (error instanceof CelCompileError) return [undefined, `${wanted.prefix}compilation failed: ${error.message}`];
    if (error instanceof CelInstantiationError) return [undefined, `${wanted.prefix}${error.message}`];
    if (error instanceof ExpressionError) return [undefined, wanted.wrong];
    throw error;
  }
}

const notChecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotFound',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/** Complaints of the rules; when other complaints are in the way, just that. */
export function validateRules(
  schema: JsonSchema,
  object: unknown,
  old: unknown,
  errors: readonly field.FieldError[],
): field.FieldError[] {
  if (!hasRules(schema)) return [];
  if (errors.some(({ type }) => blocking.has(type))) return [field.invalid(undefined, null, notChecked)];
  return validate({ schema, value: object, old, path: undefined, isRoot: true });
}

interface Place {
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** The value before; undefined when there was none to compare with. */
  readonly old: unknown;
  readonly path: field.Path | undefined;
  readonly isRoot: boolean;
}

function validate(place: Place): field.FieldError[] {
  const { schema, value, old, path } = place;
  if (value === undefined || value === null) return [];
  const errors = rulesOf(schema).length > 0 ? validateOwn(place) : [];
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return errors;
    value.forEach((item: unknown, i) => {
      const at = path?.index(i) ?? field.newPath('').index(i);
      errors.push(
        ...validate({ schema: items, value: item, old: oldItem(schema, item, old), path: at, isRoot: false }),
      );
    });
    return errors;
  }
  if (!isJsonObject(value)) return errors;
  const before = isJsonObject(old) ? old : {};
  const additional = additionalOf(schema);
  for (const name of Object.keys(value).sort()) {
    const property = propertyOf(schema, name);
    const inner = property ?? additional;
    if (!inner) continue;
    const at = property ? (path?.child(name) ?? field.newPath(name)) : (path?.key(name) ?? field.newPath('').key(name));
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    errors.push(...validate({ schema: inner, value: value[name], old: was, path: at, isRoot: false }));
  }
  return errors;
}

/** The item that was there before under the same keys. */
function oldItem(schema: JsonSchema, item: unknown, old: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isJsonObject(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const same = (other: unknown) => isJsonObject(other) && keys.every((key) => deepEqual(other[key], item[key]));
  return (old as readonly unknown[]).find(same);
}

function validateOwn({ schema, value, old, path, isRoot }: Place): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const whole = isRoot ? asResource(schema) : schema;
  let self: CelValue | undefined;
  let oldSelf: CelValue | undefined;
  for (const one of compileRules(schema, isRoot)) {
    const { rule, program, error, usesOldSelf } = one;
    if (error !== undefined) errors.push(field.invalid(path, whole.type ?? '', `rule compile error: ${error}`));
    const optional = rule.optionalOldSelf === true;
    if (!program || (usesOldSelf && !optional && (old === undefined || old === null))) continue;
    self ??= celOfCustom(whole, value);
    oldSelf ??= old === undefined ? null : celOfCustom(whole, old);
    const shownOld = optional ? (old === undefined ? noneValue : new CelOptional(true, oldSelf)) : oldSelf;
    const values: Readonly<Record<string, CelValue>> = { self, oldSelf: shownOld };
    const found = judge(one, program, { get: (name) => values[name] }, { path, value, type: whole.type ?? '' });
    if (found) errors.push(found);
  }
  return errors;
}

interface Subject {
  readonly path: field.Path | undefined;
  readonly value: unknown;
  readonly type: string;
}

const ruleText = ({ rule, message = '' }: ValidationRule): string => (message === '' ? rule : message).trim();

function judge(
  { rule, messageProgram }: CompiledRule,
  program: Program,
  activation: Activation,
  { path, value, type }: Subject,
): field.FieldError | undefined {
  try {
    if (program.evaluate(activation) === true) return undefined;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    const { message } = error;
    const why = message.startsWith('no such overload')
      ? `${message}: call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`
      : `${message} evaluating rule: ${ruleText(rule)}`;
    return field.invalid(path, type, why);
  }
  const computed = messageProgram && messageOf((given) => messageProgram.evaluate(given), activation);
  const stated = (rule.message ?? '') === '' ? `failed rule: ${rule.rule.trim()}` : ruleText(rule);
  const at = placeOf(path, rule.fieldPath ?? '');
  return complaint(rule.reason ?? '', at, value, computed ?? stated);
}

function complaint(reason: string, path: field.Path | undefined, value: unknown, detail: string): field.FieldError {
  const shown = typeof value === 'object' ? field.omitValue : value;
  switch (reason) {
    case 'FieldValueForbidden':
      return field.forbidden(path ?? field.newPath(''), detail);
    case 'FieldValueRequired':
      return field.required(path ?? field.newPath(''), detail);
    case 'FieldValueDuplicate':
      return field.duplicate(path ?? field.newPath(''), shown);
    default:
      return field.invalid(path, shown, detail);
  }
}

/** `.spec.x` or `['a.b']` below a path. Upstream: compilation.go ValidFieldPath */
function placeOf(path: field.Path | undefined, fieldPath: string): field.Path | undefined {
  let at = path;
  for (const [, name, quoted] of fieldPath.matchAll(/\.([^.[]+)|\['((?:[^'\\]|\\.)*)'\]/g)) {
    const part = name ?? quoted ?? '';
    at = name === undefined ? (at?.key(part) ?? field.newPath('').key(part)) : (at?.child(part) ?? field.newPath(part));
  }
  return at;
}
