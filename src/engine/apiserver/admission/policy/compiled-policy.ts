/** A ValidatingAdmissionPolicy made ready. Upstream: admission/plugin/policy/validating (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { Program } from '../../cel/environment.ts';
import { boolType, nullType, stringType, type CelType } from '../../cel/cel-type.ts';
import { compile } from '../../cel/environment.ts';
import { compileConditions, type Condition } from './conditions.ts';
import { compileTyped, policyEnvironment } from './programs.ts';

export interface NamedProgram {
  readonly name: string;
  readonly program: Program;
}

export interface CompiledValidation {
  readonly program: Program;
  readonly messageProgram: Program | undefined;
  readonly message: string;
  readonly reason: string;
}

export interface CompiledPolicy {
  readonly conditions: readonly Condition[];
  readonly variables: readonly NamedProgram[];
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly NamedProgram[];
}

/** Compiles a policy's variables in order: each may name those before it. */
export function compileVariables(
  variables: readonly admissionv1.Variable[] | undefined,
  hasParams: boolean,
): { readonly programs: readonly NamedProgram[]; readonly types: Readonly<Record<string, CelType>> } {
  const types: Record<string, CelType> = {};
  const programs = (variables ?? []).map(({ name, expression }) => {
    const program = compile(expression, { variables: policyEnvironment({ hasParams, variables: { ...types } }) });
    types[name] = program.type;
    return { name, program };
  });
  return { programs, types };
}

/** @throws CelCompileError, CelInstantiationError, ExpressionError */
export function compilePolicy(policy: admissionv1.ValidatingAdmissionPolicy): CompiledPolicy {
  const { spec } = policy;
  const hasParams = spec?.paramKind !== undefined;
  const { programs, types } = compileVariables(spec?.variables, hasParams);
  const withVariables = (spec?.variables ?? []).length > 0 ? { variables: types } : {};
  const variables = policyEnvironment({ hasParams, ...withVariables });
  const { authorizer: _, 'authorizer.requestResource': __, ...withoutAuthorizer } = variables;
  return {
    conditions: compileConditions(spec?.matchConditions, policyEnvironment({ hasParams })),
    variables: programs,
    validations: (spec?.validations ?? []).map((validation) => ({
      program: compileTyped(validation.expression.trim(), { variables }, [boolType]),
      messageProgram: validation.messageExpression
        ? compileTyped(validation.messageExpression.trim(), { variables: withoutAuthorizer }, [stringType])
        : undefined,
      message: validation.message ?? '',
      reason: validation.reason ?? '',
    })),
    auditAnnotations: (spec?.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      name: key,
      program: compileTyped(valueExpression.trim(), { variables }, [stringType, nullType]),
    })),
  };
}
