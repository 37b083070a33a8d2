/**
 * Checks the rules that a definition's schema states.
 * Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go (v1.36). Differs: costs are not estimated.
 */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { validateDefaults } from './default-errors.ts';
import { additionalOf, type JsonSchema } from './json-schema.ts';
import { compileRules, rulesOf, type ValidationRule } from './rules.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;

interface Place {
  readonly schema: JsonSchema;
  readonly path: field.Path;
  readonly isRoot: boolean;
  /** The part of the schema whose items have nothing to be compared with. */
  readonly uncorrelatable: field.Path | undefined;
}

interface Found {
  readonly schemaErrors: field.FieldError[];
  readonly ruleErrors: field.FieldError[];
}

/** Complaints about the rules and the defaults of all versions' schemas. */
export function validateDefinitionRules({ spec }: Definition): field.FieldError[] {
  const schemas = (spec.versions ?? []).map(({ schema }) => schema?.openAPIV3Schema as JsonSchema | undefined);
  const [first] = schemas;
  if (!first) return [];
  const root = field.newPath('spec');
  if (schemas.every((schema) => deepEqual(schema, first))) {
    return errorsOf(first, root.child('validation', 'openAPIV3Schema'));
  }
  return schemas.flatMap((schema, i) =>
    schema ? errorsOf(schema, root.child('versions').index(i).child('schema', 'openAPIV3Schema')) : [],
  );
}

function errorsOf(schema: JsonSchema, path: field.Path): field.FieldError[] {
  const found: Found = { schemaErrors: [], ruleErrors: [] };
  visit({ schema, path, isRoot: true, uncorrelatable: undefined }, found);
  const errors = [...found.schemaErrors, ...found.ruleErrors];
  return errors.length > 0 ? errors : validateDefaults(schema, path);
}

function visit(place: Place, found: Found): void {
  const { schema, path, uncorrelatable } = place;
  const additional = additionalOf(schema);
  if (additional)
    visit({ ...place, schema: additional, path: path.child('additionalProperties'), isRoot: false }, found);
  for (const name of Object.keys(schema.properties ?? {}).sort()) {
    const property = schema.properties?.[name];
    if (property) visit({ ...place, schema: property, path: path.child('properties').key(name), isRoot: false }, found);
  }
  if (schema.items) {
    const lost = schema['x-kubernetes-list-type'] === 'map' ? uncorrelatable : (uncorrelatable ?? path.child('items'));
    visit({ schema: schema.items, path: path.child('items'), isRoot: false, uncorrelatable: lost }, found);
  }
  checkRules(place, found);
}

function checkRules(place: Place, found: Found): void {
  const { schema, isRoot } = place;
  const rules = rulesOf(schema);
  if (rules.length === 0) return;
  for (const [i, rule] of rules.entries()) found.schemaErrors.push(...textErrors(ruleAt(place, i), rule, schema));
  if (found.schemaErrors.length > 0) return;
  for (const [i, one] of compileRules(schema, isRoot).entries()) {
    const { rule, error, messageError, usesOldSelf } = one;
    const at = ruleAt(place, i);
    const shown = goRule(rule);
    if (error !== undefined) found.ruleErrors.push(field.invalid(at.child('rule'), shown, error));
    if (messageError !== undefined) {
      found.ruleErrors.push(field.invalid(at.child('messageExpression'), shown, messageError));
    }
    if (usesOldSelf && place.uncorrelatable) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable.toString()}`;
      found.ruleErrors.push(field.invalid(at.child('rule'), rule.rule, why));
    } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
      const why = 'may not be set if oldSelf is not used in rule';
      found.ruleErrors.push(field.invalid(at.child('optionalOldSelf'), rule.optionalOldSelf, why));
    }
  }
}

const ruleAt = ({ path }: Place, i: number): field.Path => path.child('x-kubernetes-validations').index(i);

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

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);

function textErrors(at: field.Path, rule: ValidationRule, schema: JsonSchema): field.FieldError[] {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
  const errors: field.FieldError[] = [];
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
  if (!leadsSomewhere(schema, fieldPath)) errors.push(field.invalid(where, fieldPath, 'must be a valid path'));
  return errors;
}

/** Whether a path names a property of the schema. */
function leadsSomewhere(schema: JsonSchema, fieldPath: string): boolean {
  if (!/^(?:\.[^.[\]]+|\['(?:[^'\\]|\\.)*'\])+$/.test(fieldPath)) return false;
  let at: JsonSchema | undefined = schema;
  for (const [, name, quoted] of fieldPath.matchAll(/\.([^.[]+)|\['((?:[^'\\]|\\.)*)'\]/g)) {
    const part: string = name ?? quoted ?? '';
    const property: JsonSchema | undefined = at.properties?.[part];
    const additional: JsonSchema | undefined = additionalOf(at);
    at = property ?? additional;
    if (!at) return false;
  }
  return true;
}
