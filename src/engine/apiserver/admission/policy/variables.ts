/** `variables.x` of policies: worked out when named first. Upstream: admission/plugin/cel/composition.go (v1.36) */
import { quote } from '../../../../apimachinery/go-format.ts';
import { Meter } from '../../cel/cost/meter.ts';
import { CelError } from '../../cel/issues.ts';
import type { Activation } from '../../cel/planner.ts';
import type { CelValue } from '../../cel/values.ts';
import type { Budget } from './budget.ts';
import type { NamedProgram } from './compiled-policy.ts';

/** An activation that also has the policy's variables; what they cost is paid from the budget. */
export function withVariables(outer: Activation, variables: readonly NamedProgram[], budget: Budget): Activation {
  if (variables.length === 0) return outer;
  const programs = new Map(variables.map(({ name, program }) => [name, program] as const));
  const lazy = new LazyVariables((name) => {
    const program = programs.get(name);
    if (!program) return undefined;
    const meter = new Meter();
    try {
      return program.evaluate(activation, meter);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      throw new CelError(`composited variable ${quote(name)} fails to evaluate: ${error.message}`);
    } finally {
      budget.spend(meter.spent);
    }
  });
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
