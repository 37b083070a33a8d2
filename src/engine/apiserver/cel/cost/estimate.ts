/** Ranges of sizes and costs that do not overflow. Upstream: github.com/google/cel-go/checker/cost.go SizeEstimate, CostEstimate */

export interface Estimate {
  readonly min: number;
  readonly max: number;
}

/** What stands for "unbounded": the largest number that upstream counts to. */
export const unbounded: number = 2 ** 64;
export const unknownSize: Estimate = { min: 0, max: unbounded };

export const stringTraversalFactor = 0.1;
export const regexLengthFactor = 0.25;
export const listCreateCost = 10;
export const mapCreateCost = 30;
export const structCreateCost = 40;

const bounded = (value: number): number => Math.min(value, unbounded);
const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : bounded(a * b));

/** A cost or size that is known. */
export const fixed = (value: number): Estimate => ({ min: value, max: value });
export const zero: Estimate = fixed(0);
export const one: Estimate = fixed(1);

/** The costs of what happens one after the other. */
export function sum(...parts: readonly Estimate[]): Estimate {
  let min = 0;
  let max = 0;
  for (const part of parts) {
    min += part.min;
    max += part.max;
  }
  return { min: bounded(min), max: bounded(max) };
}

/** The cost of what happens so many times. */
export const multiply = (a: Estimate, b: Estimate): Estimate => ({
  min: product(a.min, b.min),
  max: product(a.max, b.max),
});

/** Each end times a factor, rounded up. */
export const scale = ({ min, max }: Estimate, factor: number): Estimate => ({
  min: bounded(Math.ceil(min * factor)),
  max: bounded(Math.ceil(max * factor)),
});

/** What holds of either, when it is not known which will happen. */
export const union = (a: Estimate, b: Estimate): Estimate => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});
