import { quote } from './go-format.ts';

/** A number, or text that is a percentage or a name. */
export type IntOrString = number | string;

/** A value that is neither a number nor a percentage; its message is upstream's. */
export class IntOrStringError extends Error {
  override readonly name = 'IntOrStringError';
}

/** A whole number of 32 bits as a number, anything else as text. Upstream: util/intstr/intstr.go Parse (v1.36) */
export function parseIntOrString(text: string): IntOrString {
  if (!/^[-+]?[0-9]+$/.test(text)) return text;
  const value = Number(text);
  return value >= -2147483648 && value <= 2147483647 ? value : text;
}

/**
 * The number a value stands for, given what 100% is.
 *
 * @throws IntOrStringError when it is absent, or text that is not a percentage
 *
 * Upstream: apimachinery/pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent (v1.36)
 */
export function getScaledValueFromIntOrPercent(
  value: IntOrString | undefined,
  total: number,
  roundUp: boolean,
): number {
  if (value === undefined) throw new IntOrStringError('nil value for IntOrString');
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) {
    throw new IntOrStringError('invalid value for IntOrString: invalid type: string is not a percentage');
  }
  const digits = value.slice(0, -1);
  if (!/^[-+]?[0-9]+$/.test(digits)) {
    const why = `strconv.Atoi: parsing ${quote(digits)}: invalid syntax`;
    throw new IntOrStringError(`invalid value for IntOrString: invalid value ${quote(value)}: ${why}`);
  }
  const scaled = (Number(digits) * total) / 100;
  return roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}

/** The text of a value. */
export function intOrStringText(value: IntOrString): string {
  return String(value);
}
