/** ValidatingAdmissionPolicies. Upstream: admission/plugin/policy/validating/{dispatcher,validator}.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { newForbidden, newStatusError } from '../../../../apimachinery/status-error.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { celOfJson } from '../../cel/data.ts';
import { CelCompileError, CelError, CelInstantiationError } from '../../cel/issues.ts';
import type { Activation } from '../../cel/planner.ts';
import type { CelValue } from '../../cel/values.ts';
import type { KindFinder } from '../../generic/server-services.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { requestActivation } from './activation.ts';
import { compilePolicy, type CompiledPolicy, type CompiledValidation, type NamedProgram } from './compiled-policy.ts';
import { checkConditions } from './conditions.ts';
import { collectParams } from './params.ts';
import { compiledOnce, ExpressionError } from './programs.ts';
import { matchesResources } from './rules.ts';

type Policy = admissionv1.ValidatingAdmissionPolicy;
type Binding = admissionv1.ValidatingAdmissionPolicyBinding;

const group = 'admissionregistration.k8s.io';

interface Denial {
  readonly message: string;
  readonly reason: string;
}

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

/** Whether policies look at requests about a resource: they never look at themselves. */
export const isJudged = ({ definition }: AdmissionAttributes): boolean =>
  definition.group !== group || definition.resource.endsWith('webhookconfigurations');

export function validatingAdmissionPolicies(
  objects: KindFinder & ObjectReader,
  authorizer: Authorizer,
): AdmissionPlugin {
  const policies = () => objects.list<Policy>(group, 'validatingadmissionpolicies');
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (attributes) => isJudged(attributes) && policies().length > 0,
    validate(attributes) {
      const bindings = objects.list<Binding>(group, 'validatingadmissionpolicybindings');
      let activation: Activation | undefined;
      for (const policy of policies()) {
        const own = bindings.filter(({ spec }) => spec?.policyName === policy.metadata.name);
        if (own.length === 0 || !matchesResources(policy.spec?.matchConstraints, attributes, objects)) continue;
        for (const binding of own) {
          if (!matchesResources(binding.spec?.matchResources, attributes, objects)) continue;
          activation ??= requestActivation(attributes, objects, authorizer);
          const denials = judge({ policy, binding, attributes, objects, activation });
          act(attributes, policy, binding, denials);
        }
      }
    },
  };
}

interface Judgement {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly attributes: AdmissionAttributes;
  readonly objects: KindFinder & ObjectReader;
  readonly activation: Activation;
}

function judge({ policy, binding, attributes, objects, activation }: Judgement): readonly Denial[] {
  const ignore = policy.spec?.failurePolicy === 'Ignore';
  const failed = (message: string): readonly Denial[] => (ignore ? [] : [{ message, reason: '' }]);
  const compiled = compiledOnce(policy, () => tryCompile(policy));
  if (typeof compiled === 'string') return failed(compiled);
  const params = collectParams(policy.spec?.paramKind, binding.spec?.paramRef, attributes, objects);
  if (typeof params === 'string') return failed(`failed to configure binding: ${params}`);
  return params.flatMap((param) => judgeParam(compiled, param, activation, failed));
}

function tryCompile(policy: Policy): CompiledPolicy | string {
  try {
    return compilePolicy(policy);
  } catch (error) {
    if (error instanceof CelCompileError) return `compilation error: compilation failed: ${error.message}`;
    if (error instanceof CelInstantiationError || error instanceof ExpressionError) return error.message;
    throw error;
  }
}

function judgeParam(
  compiled: CompiledPolicy,
  param: KubernetesObject | undefined,
  outer: Activation,
  failed: (message: string) => readonly Denial[],
): readonly Denial[] {
  const withParams: Activation = { get: (name) => (name === 'params' ? celOfJson(param ?? null) : outer.get(name)) };
  const verdict = checkConditions(compiled.conditions, withParams);
  if (verdict.kind === 'skip') return [];
  if (verdict.kind === 'error') return failed(verdict.message);
  const activation = withVariables(withParams, compiled.variables);
  return compiled.validations.flatMap((validation) => validationDenials(validation, activation, failed));
}

/** `variables.x` is worked out when it is named first. */
export function withVariables(outer: Activation, variables: readonly NamedProgram[]): Activation {
  if (variables.length === 0) return outer;
  const programs = new Map(variables.map(({ name, program }) => [name, program] as const));
  const lazy = new LazyVariables((name) => programs.get(name)?.evaluate(activation));
  const activation: Activation = { get: (name) => (name === 'variables' ? lazy : outer.get(name)) };
  return activation;
}

class LazyVariables extends Map<CelValue, CelValue> {
  readonly #compute: (name: string) => CelValue | undefined;

  constructor(compute: (name: string) => CelValue | undefined) {
    super();
    this.#compute = compute;
  }

  override get(name: CelValue): CelValue | undefined {
    const known = super.get(name);
    if (known !== undefined) return known;
    const value = this.#compute(String(name));
    if (value !== undefined) this.set(name, value);
    return value;
  }

  override has(name: CelValue): boolean {
    return this.get(name) !== undefined;
  }
}

function validationDenials(
  { program, messageProgram, message, reason }: CompiledValidation,
  activation: Activation,
  failed: (message: string) => readonly Denial[],
): readonly Denial[] {
  try {
    if (program.evaluate(activation) === true) return [];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return failed(`expression '${program.source}' resulted in error: ${error.message}`);
  }
  const computed = messageProgram && messageOf(messageProgram.evaluate.bind(messageProgram), activation);
  const text = computed ?? (message === '' ? `failed expression: ${program.source}` : message.trim());
  return [{ message: text, reason }];
}

const maxMessageLength = 5 * 1024;

/** The message an expression makes; undefined when it is of no use. */
export function messageOf(evaluate: (activation: Activation) => CelValue, activation: Activation): string | undefined {
  try {
    const value = evaluate(activation);
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    return text === '' || text.includes('\n') || text.length > maxMessageLength ? undefined : text;
  } catch (error) {
    if (error instanceof CelError) return undefined;
    throw error;
  }
}

function act(attributes: AdmissionAttributes, policy: Policy, binding: Binding, denials: readonly Denial[]): void {
  const actions = binding.spec?.validationActions ?? [];
  const who = `ValidatingAdmissionPolicy '${policy.metadata.name ?? ''}' with binding '${binding.metadata.name ?? ''}'`;
  if (actions.includes('Warn')) {
    for (const { message } of denials) attributes.operation.warn(`Validation failed for ${who}: ${message}`);
  }
  const [first] = denials;
  if (!first || !actions.includes('Deny')) return;
  const message = `${who} denied request: ${first.message}`;
  const name = attributes.name || String(attributes.object?.metadata['name'] ?? '') || 'Unknown';
  const { status } = newForbidden(attributes.definition, name, message);
  const reason = first.reason === '' ? 'Invalid' : first.reason;
  throw newStatusError({
    code: codes[reason] ?? 422,
    reason,
    message: status.message ?? '',
    details: { ...status.details, causes: [{ message }] },
  });
}
