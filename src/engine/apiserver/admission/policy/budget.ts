/** What the expressions of one policy or webhook may cost together. Upstream: admission/plugin/cel/activation.go Evaluate (v1.36) */
import type { Program } from '../../cel/environment.ts';
import { Meter } from '../../cel/cost/meter.ts';
import type { Activation } from '../../cel/planner.ts';
import type { CelValue } from '../../cel/values.ts';

/** The budget is used up: nothing more is evaluated. */
export class BudgetExceededError extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

export class Budget {
  #remaining: number;

  constructor(remaining: number) {
    this.#remaining = remaining;
  }

  /** Evaluates and pays for it, also when that fails. @throws CelError, BudgetExceededError */
  evaluate(program: Program, activation: Activation): CelValue {
    const meter = new Meter();
    try {
      const value = program.evaluate(activation, meter);
      this.spend(meter.spent);
      return value;
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) this.spend(meter.spent);
      throw error;
    }
  }

  /** @throws BudgetExceededError */
  spend(cost: number): void {
    if (cost > this.#remaining) throw new BudgetExceededError();
    this.#remaining -= cost;
  }
}
