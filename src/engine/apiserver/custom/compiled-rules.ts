/** Compiles `x-kubernetes-validations`. Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go (v1.36) */
import type { Program } from '../cel/environment.ts';
import { CelCompileError, CelInstantiationError } from '../cel/issues.ts';
import { boolType, optionalOf, stringType, type CelType } from '../cel/cel-type.ts';
import { compileTyped, ExpressionError } from '../admission/policy/programs.ts';
import { asResource, celTypeOf } from './cel-types.ts';
import { additionalOf, type JsonSchema } from './json-schema.ts';

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

/** The rules that a schema states for itself; empty when it has none. */
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
