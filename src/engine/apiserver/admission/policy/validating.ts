/** ValidatingAdmissionPolicies. Upstream: admission/plugin/policy/validating/{dispatcher,validator}.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { newForbidden, newStatusError } from '../../../../apimachinery/status-error.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { runtimeCostBudget } from '../../cel/cost/meter.ts';
import { celOfJson } from '../../cel/data.ts';
import { CelCompileError, CelError, CelInstantiationError } from '../../cel/issues.ts';
import type { Activation } from '../../cel/planner.ts';
import type { CelValue } from '../../cel/values.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from '../admission.ts';
import { requestActivation } from './activation.ts';
import { boundPolicies } from './bound-policies.ts';
import { Budget, BudgetExceededError } from './budget.ts';
import { compilePolicy, type CompiledPolicy, type CompiledValidation } from './compiled-policy.ts';
import { checkConditions } from './conditions.ts';
import type { KindConverter } from './invocation.ts';
import { collectParams } from './params.ts';
import { compiledOnce, ExpressionError } from './programs.ts';
import { withVariables } from './variables.ts';

type Policy = admissionv1.ValidatingAdmissionPolicy;
type Binding = admissionv1.ValidatingAdmissionPolicyBinding;

const group = 'admissionregistration.k8s.io';

/** A finding against the request, with the policy and binding that found it. */
interface Denial {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly message: string;
  readonly reason: string;
}
type Decision = Pick<Denial, 'message' | 'reason'>;

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

/** Whether policies look at requests about a resource: they never look at themselves. */
export const isJudged = ({ definition }: AdmissionTarget): boolean =>
  definition.group !== group || definition.resource.endsWith('webhookconfigurations');

export function validatingAdmissionPolicies(
  objects: KindConverter & ObjectReader,
  authorizer: Authorizer,
): AdmissionPlugin {
  const policies = () => objects.list<Policy>(group, 'validatingadmissionpolicies');
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: isJudged,
    concerns: () => policies().length > 0,
    validate(attributes) {
      const bindings = objects.list<Binding>(group, 'validatingadmissionpolicybindings');
      const denials: Denial[] = [];
      for (const { policy, invocation, bindings: own } of boundPolicies(policies(), bindings, attributes, objects)) {
        let activation: Activation | undefined;
        for (const binding of own) {
          activation ??= requestActivation(attributes, objects, authorizer, invocation, objects);
          denials.push(...new Judgement({ policy, binding, attributes, objects, activation }).denials());
        }
      }
      const [first] = denials;
      if (first) refuse(attributes, first);
    },
  };
}

interface Judged {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly attributes: AdmissionAttributes;
  readonly objects: KindConverter & ObjectReader;
  readonly activation: Activation;
}

/** One binding's judgement of one request. */
class Judgement {
  readonly #judged: Judged;
  readonly #ignoresErrors: boolean;
  readonly #denials: Denial[] = [];

  constructor(judged: Judged) {
    this.#judged = judged;
    this.#ignoresErrors = judged.policy.spec?.failurePolicy === 'Ignore';
  }

  denials(): readonly Denial[] {
    const { policy, binding, attributes, objects } = this.#judged;
    const { spec } = policy;
    const params = collectParams(spec?.paramKind, binding.spec?.paramRef, attributes, objects);
    if (typeof params === 'string') {
      if (!this.#ignoresErrors) this.#deny({ message: `failed to configure binding: ${params}`, reason: '' });
      return this.#denials;
    }
    const compiled = compiledOnce(policy, () => tryCompile(policy));
    for (const param of params) {
      if (typeof compiled === 'string') this.#act(this.#failed(compiled));
      else this.#judge(compiled, param);
    }
    return this.#denials;
  }

  #deny(decision: Decision): void {
    const { policy, binding } = this.#judged;
    this.#denials.push({ policy, binding, ...decision });
  }

  /** What an error means: nothing, when the policy ignores errors. */
  #failed(message: string): readonly Decision[] {
    return this.#ignoresErrors ? [] : [{ message, reason: '' }];
  }

  /** Does what the binding says is to be done about violations. */
  #act(decisions: readonly Decision[]): void {
    const { policy, binding, attributes } = this.#judged;
    const actions = binding.spec?.validationActions ?? [];
    for (const decision of decisions) {
      for (const action of actions) {
        if (action === 'Deny') this.#deny(decision);
        if (action === 'Warn') {
          attributes.operation.warn(`Validation failed for ${nameOf(policy, binding)}: ${decision.message}`);
        }
      }
    }
  }

  #judge(compiled: CompiledPolicy, param: KubernetesObject | undefined): void {
    const outer = this.#judged.activation;
    const given: Activation = { get: (name) => (name === 'params' ? celOfJson(param ?? null) : outer.get(name)) };
    const verdict = checkConditions(compiled.conditions, given);
    if (verdict.kind === 'skip') return;
    if (verdict.kind === 'error') return this.#act(this.#failed(verdict.message));
    try {
      this.#act(this.#validations(compiled, given));
      this.#auditAnnotations(compiled, given);
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      this.#act(this.#failed(error.message));
    }
  }

  #validations({ validations, variables }: CompiledPolicy, given: Activation): Decision[] {
    const budget = new Budget(runtimeCostBudget);
    const activation = withVariables(given, variables, budget);
    const results = validations.map(({ program }) => outcomeOf(() => budget.evaluate(program, activation)));
    const messageActivation = withVariables(given, variables, budget);
    return validations.flatMap((validation, i): readonly Decision[] => {
      const { source } = validation.program;
      const result = results[i];
      if (typeof result === 'object' && result !== null && 'error' in result) {
        return this.#failed(`expression '${source}' resulted in error: ${result.error}`);
      }
      if (result === true) return [];
      return [this.#violation(validation, messageActivation, budget)];
    });
  }

  #violation(
    { program, messageProgram, message, reason }: CompiledValidation,
    activation: Activation,
    budget: Budget,
  ): Decision {
    try {
      const computed = messageProgram && messageOf(() => budget.evaluate(messageProgram, activation));
      return { message: computed ?? (message.trim() || `failed expression: ${program.source}`), reason };
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      return { message: `failed messageExpression: ${error.message}`, reason: '' };
    }
  }

  /** Annotations go nowhere here; those that cannot be made refuse the request. */
  #auditAnnotations({ auditAnnotations, variables }: CompiledPolicy, given: Activation): void {
    if (auditAnnotations.length === 0) return;
    const budget = new Budget(runtimeCostBudget);
    const activation = withVariables(given, variables, budget);
    for (const { program } of auditAnnotations) {
      const result = outcomeOf(() => budget.evaluate(program, activation));
      if (typeof result !== 'object' || result === null || !('error' in result) || this.#ignoresErrors) continue;
      this.#deny({ message: `expression '${program.source}' resulted in error: ${result.error}`, reason: '' });
    }
  }
}

/** Whether an evaluation holds, fails, or why it broke. */
function outcomeOf(evaluate: () => CelValue): boolean | { readonly error: string } {
  try {
    return evaluate() === true;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: error.message };
  }
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

const maxMessageLength = 5 * 1024;

/** The message an expression makes; undefined when it is of no use. */
function messageOf(evaluate: () => CelValue): string | undefined {
  try {
    const value = evaluate();
    if (typeof value !== 'string') return undefined;
    const text = value.trim();
    return text === '' || text.includes('\n') || text.length > maxMessageLength ? undefined : text;
  } catch (error) {
    if (error instanceof CelError) return undefined;
    throw error;
  }
}

const nameOf = (policy: Policy, binding: Binding): string =>
  `ValidatingAdmissionPolicy '${policy.metadata.name ?? ''}' with binding '${binding.metadata.name ?? ''}'`;

function refuse(attributes: AdmissionAttributes, denial: Denial): never {
  const message = `${nameOf(denial.policy, denial.binding)} denied request: ${denial.message}`;
  const name = attributes.name || String(attributes.object?.metadata['name'] ?? '') || 'Unknown';
  const { status } = newForbidden(attributes.definition, name, message);
  const reason = denial.reason === '' ? 'Invalid' : denial.reason;
  throw newStatusError({
    code: codes[reason] ?? 422,
    reason,
    message: status.message ?? '',
    details: { ...status.details, causes: [{ message }] },
  });
}
