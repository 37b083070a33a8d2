import { typeName } from './jq-values.ts';

/** An error that `try` may catch; `value` is what `error(value)` gave. */
export class JqError extends Error {
  override readonly name = 'JqError';
  readonly value: unknown;
  constructor(value: unknown) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`);
    this.value = value;
  }
}

/** A value's kind and, in short, the value, as jq's messages name it. */
export const describe = (value: unknown) =>
  `${typeName(value)}${value === null || value === undefined ? ' (null)' : ` (${shorten(JSON.stringify(value))})`}`;
const shorten = (text: string) => (text.length > 11 ? `${text.slice(0, 10)}...` : text);

/** @throws JqError */
export function fail(message: string): never {
  throw new JqError(message);
}

/** Errors of the value functions become errors that `try` catches. */
export function guard(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof TypeError) throw new JqError(error.message);
    throw error;
  }
}
