/** Complaints about `x-kubernetes-validations`. Upstream: apiextensions validation.go ValidateCustomResourceDefinitionOpenAPISchema, cel_validation.go (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { maxCardinality, sizedTypeOf, sizeEstimator, type SizedType } from '../../../custom/cel-sizes.ts';
import { validFieldPath } from '../../../custom/field-path.ts';
import type { JsonSchema } from '../../../custom/json-schema.ts';
import { compileRules, rulesOf, type CompiledRule, type ValidationRule } from '../../../custom/compiled-rules.ts';

/** The most that one rule may cost by its estimate. */
const expressionCostLimit = 10_000_000;
/** The most that all rules of a schema may cost together. */
const definitionCostLimit = 100_000_000;
const maxCount = 2 ** 64;

/** What the rules of a whole schema cost, with those that cost most. Upstream: TotalCost */
export class TotalCost {
  #total = 0;
  #mostExpensive: { readonly path: Path; readonly cost: number }[] = [];

  observe(path: Path, cost: number): void {
    this.#total = Math.min(this.#total + cost, maxCount);
    if (cost < definitionCostLimit / 100) return;
    this.#mostExpensive = [...this.#mostExpensive, { path, cost }].sort((a, b) => b.cost - a.cost).slice(0, 4);
  }

  /** Complaints about rules that are too dear together. */
  errors(schemaPath: Path): FieldError[] {
    if (this.#total <= definitionCostLimit) return [];
    const why = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...this.#mostExpensive.map(({ path }) => field.forbidden(path, why)),
      field.forbidden(schemaPath, costErrorMessage(name, this.#total, definitionCostLimit)),
    ];
  }
}

/** Where in a schema rules stand, as far as their costs depend on it. Upstream: CELSchemaContext */
export interface CelContext {
  readonly totalCost: TotalCost;
  /** How often the value can stand in an object; undefined when nothing bounds that. */
  readonly maxCardinality: number | undefined;
  /** Rules of schemas that were there before may cost more. */
  readonly suppressPerExpressionCost: boolean;
}

/** The context of what is inside of a schema. */
export function childContext(context: CelContext | undefined, schema: JsonSchema): CelContext | undefined {
  if (context?.maxCardinality === undefined) return context;
  const most = maxElements(schema);
  const cardinality = most === undefined ? undefined : Math.min(context.maxCardinality * most, maxCount);
  return { ...context, maxCardinality: cardinality };
}

/** How many values a schema holds of each schema inside of it. Upstream: extractMaxElements */
function maxElements(schema: JsonSchema): number | undefined {
  const bound = (most: number | undefined) => (most === undefined ? undefined : Math.max(0, most));
  if (schema.type === 'array') return bound(schema.maxItems);
  return schema.type === 'object' && schema.additionalProperties !== undefined ? bound(schema.maxProperties) : 1;
}

/** Upstream: getCostErrorMessage */
function costErrorMessage(name: string, cost: number, limit: number): string {
  const exceeded = cost / limit;
  let factor = exceeded < 1.5 ? `${exceeded.toFixed(6)}x` : `${exceeded.toFixed(1)}x`;
  if (exceeded > 100) factor = 'more than 100x';
  return `${name} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

const ruleAt = (path: Path, i: number): Path => path.child('x-kubernetes-validations').index(i);
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);

/** Complaints about what the rules of one schema say, before they are compiled. */
export function ruleTextErrors(path: Path, schema: JsonSchema): FieldError[] {
  return rulesOf(schema).flatMap((rule, i) => textErrors(ruleAt(path, i), rule, schema));
}

function textErrors(at: Path, rule: ValidationRule, schema: JsonSchema): FieldError[] {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
  const errors: FieldError[] = [];
  const text = rule.rule.trim();
  if (text === '') errors.push(field.required(at.child('rule'), 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    errors.push(field.invalid(at.child('message'), message, 'must be non-empty if specified'));
  } else if (hasNewlines(message.trim())) {
    errors.push(field.invalid(at.child('message'), message, 'must not contain line breaks'));
  } else if (hasNewlines(text) && message.trim() === '') {
    errors.push(field.required(at.child('message'), 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(field.required(at.child('messageExpression'), 'messageExpression must be non-empty if specified'));
  }
  if (reason !== undefined && !reasons.includes(reason))
    errors.push(field.notSupported(at.child('reason'), reason, reasons));
  if (fieldPath === '') return errors;
  const where = at.child('fieldPath');
  if (fieldPath.trim() === '') errors.push(field.invalid(where, fieldPath, 'must be non-empty if specified'));
  if (hasNewlines(fieldPath)) errors.push(field.invalid(where, fieldPath, 'must not contain line breaks'));
  if (typeof validFieldPath(fieldPath, schema) === 'string') {
    errors.push(field.invalid(where, fieldPath, 'must be a valid path'));
  }
  return errors;
}

export interface RulePlace {
  readonly path: Path;
  readonly schema: JsonSchema;
  readonly isRoot: boolean;
  /** The part of the schema whose values have none to be compared with. */
  readonly uncorrelatable: Path | undefined;
}

/** Complaints about the rules of one schema as they are compiled. */
export function ruleErrors(place: RulePlace, context: CelContext): FieldError[] {
  const { path, schema } = place;
  const isResource = place.isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const sizes = sizedTypeOf(schema, isResource);
  if (!sizes) {
    const why =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    return [field.internalError(path.child('x-kubernetes-validations'), why)];
  }
  return compileRules(schema, isResource).flatMap((one, i) =>
    compiledErrors(one, ruleAt(path, i), place, sizes, context),
  );
}

function compiledErrors(
  one: CompiledRule,
  at: Path,
  { uncorrelatable }: RulePlace,
  sizes: SizedType,
  context: CelContext,
): FieldError[] {
  const { rule, program, error, messageProgram, messageError } = one;
  const errors: FieldError[] = [];
  const observe = (name: string, what: string, cost: number): void => {
    if (!context.suppressPerExpressionCost && cost > expressionCostLimit) {
      errors.push(field.forbidden(at.child(name), costErrorMessage(what, cost, expressionCostLimit)));
    }
    context.totalCost.observe(at.child(name), cost);
  };
  const sizeAt = sizeEstimator(sizes);
  const cost = program?.estimateCost(sizeAt).max ?? 0;
  const cardinality = context.maxCardinality ?? maxCardinality(sizes);
  observe('rule', 'estimated rule cost', Math.min(cost === 0 ? 0 : cost * cardinality, maxCount));
  if (error !== undefined) errors.push(field.invalid(at.child('rule'), goRule(rule), error));
  if (messageError !== undefined) {
    errors.push(field.invalid(at.child('messageExpression'), goRule(rule), messageError));
  } else if (messageProgram) {
    observe('messageExpression', 'estimated messageExpression cost', messageProgram.estimateCost(sizeAt).max);
  }
  if (one.usesOldSelf && uncorrelatable) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable.toString()}`;
    errors.push(field.invalid(at.child('rule'), rule.rule, why));
  } else if (!one.usesOldSelf && rule.optionalOldSelf !== undefined) {
    const why = 'may not be set if oldSelf is not used in rule';
    errors.push(field.invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, why));
  }
  return errors;
}

/** A rule as Go prints its struct. */
const goRule = ({
  rule,
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  optionalOldSelf,
}: ValidationRule) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
});
