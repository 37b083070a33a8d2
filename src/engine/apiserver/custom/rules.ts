/**
 * Judges custom resources by the `x-kubernetes-validations` of their schemas.
 * Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go (v1.36)
 */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { CostLimitError, Meter, runtimeCostBudget } from '../cel/cost/meter.ts';
import { CelError } from '../cel/issues.ts';
import type { Activation } from '../cel/planner.ts';
import { CelOptional, noneValue, type CelValue } from '../cel/values.ts';
import { asResource, celOfCustom } from './cel-types.ts';
import { compileRules, hasRules, rulesOf, type CompiledRule, type ValidationRule } from './compiled-rules.ts';
import { correlatedItem, correlatedMember, type Correlated } from './correlation.ts';
import { validFieldPath } from './field-path.ts';
import { additionalOf, propertyOf, type JsonSchema } from './json-schema.ts';

const notChecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

export interface RuleOptions {
  /** The value before. */
  readonly old?: unknown;
  /** Other complaints; grave ones keep the rules from being judged. */
  readonly errors?: readonly field.FieldError[];
  /** Takes what only an unchanged part violates; without it such complaints are errors too. */
  readonly warn?: ((text: string) => void) | undefined;
  readonly path?: field.Path;
  /** Whether the value is a whole resource; default true. */
  readonly isRoot?: boolean;
}

/** Complaints of the rules; when other complaints are in the way, just that. */
export function validateRules(schema: JsonSchema, value: unknown, options: RuleOptions = {}): field.FieldError[] {
  if (!hasRules(schema)) return [];
  const { old, errors = [], warn, path, isRoot = true } = options;
  if (errors.some(({ type }) => blocking.has(type))) return [field.invalid(undefined, null, notChecked)];
  const judge = new RuleJudge(warn);
  const correlated = warn ? { value: old } : undefined;
  judge.visit({ schema, value, old, path, isRoot, correlated, parent: undefined });
  return judge.errors;
}

interface Place {
  readonly schema: JsonSchema;
  readonly value: unknown;
  /** The value before; undefined when there was none to compare with. */
  readonly old: unknown;
  readonly path: field.Path | undefined;
  readonly isRoot: boolean;
  /** The value before, and that of the nearest value around, as ratcheting finds them. */
  readonly correlated: Correlated | undefined;
  readonly parent: Pick<Place, 'value' | 'correlated'> | undefined;
}

/** What stands in for a budget that is used up. */
class BudgetError extends Error {}

class RuleJudge {
  readonly errors: field.FieldError[] = [];
  readonly #warn: ((text: string) => void) | undefined;
  #budget = runtimeCostBudget;
  #spent = false;

  constructor(warn: ((text: string) => void) | undefined) {
    this.#warn = warn;
  }

  visit(place: Place): void {
    const { schema, value } = place;
    if (this.#spent || value === undefined || value === null) return;
    if (rulesOf(schema).length > 0) this.#own(place);
    if (this.#spent) return;
    if (Array.isArray(value)) this.#items(place, value);
    else if (isJsonObject(value)) this.#members(place, value);
  }

  #items({ schema, value, old, path, correlated, parent }: Place, list: readonly unknown[]): void {
    const { items } = schema;
    if (!items) return;
    for (const [i, item] of list.entries()) {
      const before = correlatedItem(schema, item, old);
      this.visit({
        schema: items,
        value: item,
        old: before?.value,
        path: (path ?? field.newPath('')).index(i),
        isRoot: items['x-kubernetes-embedded-resource'] === true,
        correlated: correlated && correlatedItem(schema, item, correlated.value),
        parent: correlated ? { value, correlated } : parent,
      });
    }
  }

  #members(place: Place, object: Readonly<Record<string, unknown>>): void {
    const { schema, old, path, correlated, parent } = place;
    const before = isJsonObject(old) ? old : {};
    const additional = additionalOf(schema);
    for (const name of Object.keys(object).sort()) {
      const property = propertyOf(schema, name);
      const inner = property ?? additional;
      if (!inner) continue;
      const isType = parent === undefined && (name === 'apiVersion' || name === 'kind');
      this.visit({
        schema: inner,
        value: object[name],
        old: Object.hasOwn(before, name) ? before[name] : undefined,
        path: property ? (path?.child(name) ?? field.newPath(name)) : (path ?? field.newPath('')).key(name),
        isRoot: inner['x-kubernetes-embedded-resource'] === true,
        correlated: correlated && !isType ? correlatedMember(schema, name, object, correlated.value) : undefined,
        parent: correlated ? (isType ? undefined : { value: object, correlated }) : parent,
      });
    }
  }

  #own(place: Place): void {
    const { schema, value, old, path, isRoot } = place;
    const whole = isRoot ? asResource(schema) : schema;
    const type = whole.type ?? '';
    if (this.#budget <= 0) return this.#stop(path, type);
    let self: CelValue | undefined;
    let oldSelf: CelValue | undefined;
    for (const one of compileRules(schema, isRoot)) {
      const { rule, program, error, usesOldSelf } = one;
      if (error !== undefined) this.errors.push(field.invalid(path, type, `rule compile error: ${error}`));
      const optional = rule.optionalOldSelf === true;
      const isNew = old === undefined || old === null;
      if (!program || (usesOldSelf && !optional && isNew)) continue;
      self ??= celOfCustom(whole, value);
      oldSelf ??= isNew ? null : celOfCustom(whole, old);
      const plain = { self, oldSelf };
      const shown = optional ? { self, oldSelf: isNew ? noneValue : new CelOptional(true, oldSelf) } : plain;
      try {
        this.#judge(one, place, activationOf(shown), activationOf(plain));
      } catch (thrown) {
        if (!(thrown instanceof BudgetError)) throw thrown;
        this.#spent = true;
        this.errors.push(field.invalid(path, type, thrown.message));
      }
      if (this.#spent) return;
    }
  }

  #stop(path: field.Path | undefined, type: string): void {
    this.#spent = true;
    this.errors.push(field.invalid(path, type, outOfBudget));
  }

  #judge(one: CompiledRule, place: Place, activation: Activation, plain: Activation): void {
    const { rule, program, usesOldSelf } = one;
    const { path, schema, value } = place;
    const type = schema.type ?? '';
    const text = ruleText(rule);
    const meter = new Meter();
    let holds: CelValue = false;
    let thrown: unknown;
    try {
      holds = program?.evaluate(activation, meter) ?? true;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      thrown = error;
    }
    if (meter.spent > this.#budget) throw new BudgetError(outOfBudget);
    this.#budget -= meter.spent;
    if (thrown instanceof CostLimitError) {
      const why = `'${thrown.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`;
      throw new BudgetError(why);
    }
    if (thrown instanceof CelError) {
      this.errors.push(field.invalid(path, type, failureText(thrown.message, text)));
      return;
    }
    if (holds === true) return;
    const at = placeOf(path, schema, rule.fieldPath ?? '');
    const detail = this.#message(one, plain) ?? (rule.message ? text : `failed rule: ${rule.rule.trim()}`);
    const shown = type === 'object' || type === 'array' ? field.omitValue : value;
    const found = complaint(rule.reason ?? '', at, shown, detail);
    if (!usesOldSelf && this.#warn && isUnchanged(place)) this.#warn(field.errorText(found));
    else this.errors.push(found);
  }

  /** The message an expression makes; undefined when it is of no use. Upstream: evalMessageExpression */
  #message({ rule, messageProgram }: CompiledRule, activation: Activation): string | undefined {
    if (!messageProgram) return undefined;
    const meter = new Meter();
    let value: CelValue = null;
    let tooDear = false;
    try {
      value = messageProgram.evaluate(activation, meter);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      tooDear = error instanceof CostLimitError;
    }
    if (meter.spent > this.#budget) throw new BudgetError(messageOutOfBudget);
    if (tooDear) {
      const source = quote(rule.messageExpression ?? '');
      throw new BudgetError(
        `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`,
      );
    }
    this.#budget -= meter.spent;
    return usableMessage(value);
  }
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';
const messageOutOfBudget =
  'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
const maxMessageLength = 5 * 1024;

function usableMessage(value: CelValue): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.includes('\n') || text.length > maxMessageLength ? undefined : text;
}

const activationOf = (values: Readonly<Record<string, CelValue>>): Activation => ({ get: (name) => values[name] });

const ruleText = ({ rule, message = '' }: ValidationRule): string => (message === '' ? rule : message).trim();

const failureText = (message: string, rule: string): string =>
  message.startsWith('no such overload')
    ? `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${rule}`
    : `${message} evaluating rule: ${rule}`;

/** Whether what a rule judges, or else what lies around it, is as it was. Upstream: shouldRatchetError */
function isUnchanged({ value, correlated, parent }: Place): boolean {
  if (correlated) return deepEqual(value, correlated.value);
  return parent?.correlated !== undefined && deepEqual(parent.value, parent.correlated.value);
}

function complaint(reason: string, path: field.Path | undefined, shown: unknown, detail: string): field.FieldError {
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

/** `.spec.x` or `['a.b']` below a path. */
function placeOf(path: field.Path | undefined, schema: JsonSchema, fieldPath: string): field.Path | undefined {
  if (fieldPath === '') return path;
  const found = validFieldPath(fieldPath, schema);
  if (typeof found === 'string') return path;
  const relative = found.path.toString();
  return path?.child(relative) ?? field.newPath(relative);
}
