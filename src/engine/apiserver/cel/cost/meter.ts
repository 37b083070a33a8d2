/** Counts what evaluating costs. Upstream: github.com/google/cel-go/interpreter/runtimecost.go CostTracker, apiserver/pkg/apis/cel/config.go (v1.36) */
import { CelError } from '../issues.ts';

/** The most that one evaluation may cost. */
export const perCallLimit = 1_000_000;
/** The most that all rules of an object, or all expressions of a policy's binding, may cost. */
export const runtimeCostBudget = 10_000_000;
/** The most that the match conditions of one webhook or policy may cost. */
export const matchConditionsBudget = 2_500_000;

/** An evaluation that was stopped: it came too dear. */
export class CostLimitError extends CelError {}

/** Adds up what one evaluation costs; the limit stops it. */
export class Meter {
  readonly #limit: number;
  #spent = 0;

  constructor(limit: number = perCallLimit) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws CostLimitError */
  spend(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.#limit) throw new CostLimitError('operation cancelled: actual cost limit exceeded');
  }
}
