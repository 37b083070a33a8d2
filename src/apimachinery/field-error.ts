// Errors about fields, as validation reports them. Import as a namespace: `import * as field from …/field-error.ts`.
import { quote } from './go-format.ts';
import { encodeGoJson } from './go-json.ts';

/** The kinds of field errors, as causes of a Status name them, with the words their texts begin with. */
const words = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
} as const;

/** The kind of a field error. */
export type FieldErrorType = keyof typeof words;

const withoutValue: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
  'InternalError',
]);

/** One complaint about one field. `field` is the printed path. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly badValue: unknown;
  readonly detail: string;
}

/** A bad value that is printed by its ready-made text, for Go values JavaScript has no like of. */
export class GoValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A bad value that is not printed at all. */
export const omitValue = new GoValue('');

/**
 * A path to a field, built from the root. Immutable.
 *
 * Upstream: apimachinery/pkg/util/validation/field/path.go Path (v1.36)
 */
export class Path {
  readonly #parent: Path | undefined;
  readonly #element: string;
  readonly #isName: boolean;

  constructor(parent: Path | undefined, element: string, isName: boolean) {
    this.#parent = parent;
    this.#element = element;
    this.#isName = isName;
  }

  /** The path of a field below this one. */
  child(...names: readonly string[]): Path {
    return names.reduce<Path>((parent, name) => new Path(parent, name, true), this);
  }

  /** The path of an item of this list. */
  index(index: number): Path {
    return new Path(this, String(index), false);
  }

  /** The path of a key of this map. */
  key(key: string): Path {
    return new Path(this, key, false);
  }

  toString(): string {
    const element = this.#isName && this.#element !== '' ? this.#element : `[${this.#element}]`;
    if (this.#parent === undefined) return element;
    return this.#isName && this.#element !== '' ? `${this.#parent}.${element}` : `${this.#parent}${element}`;
  }
}

/** A path from the root; without names, the root of nothing prints as `<nil>` when given to an error. */
export function newPath(name: string, ...names: readonly string[]): Path {
  return new Path(undefined, name, true).child(...names);
}

function make(type: FieldErrorType, path: Path | undefined, badValue: unknown, detail = ''): FieldError {
  return { type, field: path === undefined ? '<nil>' : path.toString(), badValue, detail };
}

/** `Not found: value`. */
export function notFound(path: Path | undefined, value: unknown): FieldError {
  return make('FieldValueNotFound', path, value);
}

/** `Required value: detail`. */
export function required(path: Path | undefined, detail = ''): FieldError {
  return make('FieldValueRequired', path, '', detail);
}

/** `Duplicate value: value`. */
export function duplicate(path: Path | undefined, value: unknown): FieldError {
  return make('FieldValueDuplicate', path, value);
}

/** `Invalid value: value: detail`. */
export function invalid(path: Path | undefined, value: unknown, detail: string): FieldError {
  return make('FieldValueInvalid', path, value, detail);
}

/** `Invalid value: value: detail`, for a value of the wrong type. */
export function typeInvalid(path: Path | undefined, value: unknown, detail: string): FieldError {
  return make('FieldValueTypeInvalid', path, value, detail);
}

/** `Unsupported value: value: supported values: "a", "b"`, in the given order. */
export function notSupported(path: Path | undefined, value: unknown, validValues: readonly string[]): FieldError {
  const detail = validValues.length === 0 ? '' : `supported values: ${validValues.map(quote).join(', ')}`;
  return make('FieldValueNotSupported', path, value, detail);
}

/** `Forbidden: detail`. */
export function forbidden(path: Path | undefined, detail: string): FieldError {
  return make('FieldValueForbidden', path, '', detail);
}

function count(quantity: number, word: string): string {
  return `${quantity} ${word}${quantity === 1 ? '' : 's'}`;
}

/** `Too long: may not be more than N bytes`; a negative maximum names none. */
export function tooLong(path: Path | undefined, maxLength: number): FieldError {
  const detail = maxLength >= 0 ? `may not be more than ${count(maxLength, 'byte')}` : 'value is too long';
  return make('FieldValueTooLong', path, '<value omitted>', detail);
}

/** `Too long: may not be more than N characters`. */
export function tooLongCharacters(path: Path | undefined, maxLength: number): FieldError {
  const detail = maxLength >= 0 ? `may not be more than ${count(maxLength, 'character')}` : 'value is too long';
  return make('FieldValueTooLong', path, '<value omitted>', detail);
}

/** `Too short: must be at least N characters`. */
export function tooShort(path: Path | undefined, value: unknown, minLength: number): FieldError {
  const detail = minLength >= 0 ? `must be at least ${count(minLength, 'character')}` : 'value is too short';
  return make('FieldValueTooShort', path, value, detail);
}

/** `Too many: N: must have at most M items`; a negative actual quantity is not printed. */
export function tooMany(path: Path | undefined, actualQuantity: number, maxQuantity: number): FieldError {
  const detail = maxQuantity >= 0 ? `must have at most ${count(maxQuantity, 'item')}` : 'has too many items';
  return make('FieldValueTooMany', path, actualQuantity >= 0 ? actualQuantity : omitValue, detail);
}

/** `Too few: N: must have at least M items`; a negative actual quantity is not printed. */
export function tooFew(path: Path | undefined, actualQuantity: number, minQuantity: number): FieldError {
  const detail = minQuantity >= 0 ? `must have at least ${count(minQuantity, 'item')}` : 'has too few items';
  return make('FieldValueTooFew', path, actualQuantity >= 0 ? actualQuantity : omitValue, detail);
}

/** `Internal error: detail`. */
export function internalError(path: Path | undefined, detail: string): FieldError {
  return make('InternalError', path, '', detail);
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value instanceof GoValue) return value.text;
  return encodeGoJson(value ?? null);
}

const formatEnum = (value: unknown): string => (typeof value === 'string' ? encodeGoJson(value) : formatValue(value));

/**
 * The text of an error without its field: what a cause of a Status says.
 *
 * Upstream: apimachinery/pkg/util/validation/field/errors.go ErrorBody (v1.36)
 */
export function errorBody(error: FieldError): string {
  const word = words[error.type];
  // Values of enumerations have types of their own in Go, which print as JSON.
  const format = error.type === 'FieldValueNotSupported' ? formatEnum : formatValue;
  const value = withoutValue.has(error.type) || error.badValue === omitValue ? '' : `: ${format(error.badValue)}`;
  return `${word}${value}${error.detail === '' ? '' : `: ${error.detail}`}`;
}

/** The text of an error with its field. */
export function errorText(error: FieldError): string {
  return `${error.field}: ${errorBody(error)}`;
}

/**
 * The text of several messages at once: like ones once, in brackets when there are several; empty for none.
 *
 * Upstream: apimachinery/pkg/util/errors/errors.go aggregate.Error (v1.36)
 */
export function aggregateText(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] ?? '') : distinct.length === 0 ? '' : `[${distinct.join(', ')}]`;
}

/** The text of a list of errors. Upstream: field.ErrorList.ToAggregate (v1.36) */
export function toAggregate(errors: readonly FieldError[]): string {
  return aggregateText(errors.map(errorText));
}
