/** `matchConditions` of policies and webhooks. Upstream: admission/plugin/webhook/matchconditions (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import type { Program } from '../../cel/environment.ts';
import { matchConditionsBudget } from '../../cel/cost/meter.ts';
import { CelError } from '../../cel/issues.ts';
import type { Activation } from '../../cel/planner.ts';
import { boolType, type CelType } from '../../cel/cel-type.ts';
import { Budget, BudgetExceededError } from './budget.ts';
import { compileTyped } from './programs.ts';

export interface Condition {
  readonly name: string;
  readonly program: Program;
}

export function compileConditions(
  conditions: readonly admissionv1.MatchCondition[] | undefined,
  variables: Readonly<Record<string, CelType>>,
): readonly Condition[] {
  return (conditions ?? []).map(({ name, expression }) => ({
    name,
    program: compileTyped(expression.trim(), { variables }, [boolType]),
  }));
}

export type Verdict =
  | { readonly kind: 'matches' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'error'; readonly message: string };

/** Whether all conditions hold; one that is false decides even when others fail. */
export function checkConditions(conditions: readonly Condition[], activation: Activation): Verdict {
  const errors: string[] = [];
  const budget = new Budget(matchConditionsBudget);
  let isFalse = false;
  for (const { program } of conditions) {
    try {
      isFalse ||= budget.evaluate(program, activation) === false;
    } catch (error) {
      if (error instanceof BudgetExceededError) return { kind: 'error', message: error.message };
      if (!(error instanceof CelError)) throw error;
      errors.push(`expression '${program.source}' resulted in error: ${error.message}`);
    }
  }
  if (isFalse) return { kind: 'skip' };
  if (errors.length === 0) return { kind: 'matches' };
  return { kind: 'error', message: errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]` };
}
