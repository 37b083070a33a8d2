/** Complaints about the expressions of policies and webhooks as they are stated. Upstream: pkg/apis/admissionregistration/validation (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import { compile, type EnvironmentOptions, type Program } from '../../cel/environment.ts';
import { CelCompileError, CelInstantiationError } from '../../cel/issues.ts';
import { mutationStructType } from '../../cel/kubernetes-types.ts';
import { boolType, dynType, nullType, stringType, type CelType } from '../../cel/cel-type.ts';
import { mutationType } from './mutating.ts';
import { compileTyped, ExpressionError, policyEnvironment } from './programs.ts';

interface Attempt {
  readonly errors: field.FieldError[];
  readonly path: field.Path;
  readonly options: EnvironmentOptions;
  readonly wanted?: readonly CelType[];
}

function attempt(expression: string | undefined, { errors, path, options, wanted }: Attempt): Program | undefined {
  const source = (expression ?? '').trim();
  if (source === '') return undefined;
  try {
    return wanted ? compileTyped(source, options, wanted) : compile(source, options);
  } catch (error) {
    if (error instanceof CelCompileError) {
      errors.push(field.invalid(path, source, `compilation failed: ${error.message}`));
    } else if (error instanceof CelInstantiationError) errors.push(field.internalError(path, error.message));
    else if (error instanceof ExpressionError) errors.push(field.invalid(path, source, error.message));
    else throw error;
    return undefined;
  }
}

/** Complaints about `matchConditions`. */
export function conditionErrors(
  conditions: readonly admissionv1.MatchCondition[] | undefined,
  path: field.Path,
  hasParams = false,
): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const options = { variables: policyEnvironment({ hasParams }) };
  for (const [i, { expression }] of (conditions ?? []).entries()) {
    attempt(expression, { errors, path: path.index(i).child('expression'), options, wanted: [boolType] });
  }
  return errors;
}

/** Complaints about the conditions of webhooks. */
export function webhookConditionErrors(
  webhooks: readonly { readonly matchConditions?: readonly admissionv1.MatchCondition[] }[] | undefined,
): field.FieldError[] {
  return (webhooks ?? []).flatMap(({ matchConditions }, i) =>
    conditionErrors(matchConditions, field.newPath('webhooks').index(i).child('matchConditions')),
  );
}

const spec = field.newPath('spec');

function variableErrors(
  variables: readonly admissionv1.Variable[] | undefined,
  hasParams: boolean,
  always = false,
): { readonly errors: field.FieldError[]; readonly environment: Readonly<Record<string, CelType>> } {
  const errors: field.FieldError[] = [];
  const types: Record<string, CelType> = {};
  for (const [i, { name, expression }] of (variables ?? []).entries()) {
    const path = spec.child('variables').index(i).child('expression');
    const options = { variables: policyEnvironment({ hasParams, variables: { ...types } }) };
    types[name] = attempt(expression, { errors, path, options })?.type ?? dynType;
  }
  const own = always || (variables ?? []).length > 0 ? { variables: types } : {};
  return { errors, environment: policyEnvironment({ hasParams, ...own }) };
}

/** Complaints about the expressions of a validating policy. */
export function validatingPolicyErrors(policy: admissionv1.ValidatingAdmissionPolicy): field.FieldError[] {
  const { paramKind, variables, validations, auditAnnotations, matchConditions } = policy.spec ?? {};
  const hasParams = paramKind !== undefined;
  const { errors, environment } = variableErrors(variables, hasParams);
  const options = { variables: environment };
  const { authorizer: _, 'authorizer.requestResource': __, ...withoutAuthorizer } = environment;
  errors.push(...conditionErrors(matchConditions, spec.child('matchConditions'), hasParams));
  for (const [i, { expression, messageExpression }] of (validations ?? []).entries()) {
    const path = spec.child('validations').index(i);
    attempt(expression, { errors, path: path.child('expression'), options, wanted: [boolType] });
    attempt(messageExpression, {
      errors,
      path: path.child('messageExpression'),
      options: { variables: withoutAuthorizer },
      wanted: [stringType],
    });
  }
  for (const [i, { valueExpression }] of (auditAnnotations ?? []).entries()) {
    const path = spec.child('auditAnnotations').index(i).child('valueExpression');
    attempt(valueExpression, { errors, path, options, wanted: [stringType, nullType] });
  }
  return errors;
}

/** Complaints about the expressions of a mutating policy. */
export function mutatingPolicyErrors(policy: admissionv1.MutatingAdmissionPolicy): field.FieldError[] {
  const { paramKind, variables, mutations, matchConditions } = policy.spec ?? {};
  const hasParams = paramKind !== undefined;
  const { errors, environment } = variableErrors(variables, hasParams, true);
  errors.push(...conditionErrors(matchConditions, spec.child('matchConditions'), hasParams));
  for (const [i, { patchType, applyConfiguration, jsonPatch }] of (mutations ?? []).entries()) {
    const isPatch = patchType === 'JSONPatch';
    const path = spec
      .child('mutations')
      .index(i)
      .child(isPatch ? 'jsonPatch' : 'applyConfiguration', 'expression');
    const source = (isPatch ? jsonPatch : applyConfiguration)?.expression;
    const options = { variables: environment, structTypes: mutationStructType };
    attempt(source, { errors, path, options, wanted: [mutationType(patchType)] });
  }
  return errors;
}
