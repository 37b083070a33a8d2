import * as field from '../../../apimachinery/field-error.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';

/** What validating a value found. Upstream: kube-openapi/pkg/validation/validate/result.go */
export class SchemaResult {
  readonly errors: field.FieldError[] = [];
  /** How many validators ran: of several failing alternatives, the one that got furthest is reported. */
  matchCount = 0;

  get isValid(): boolean {
    return this.errors.length === 0;
  }
  merge(other: SchemaResult): void {
    this.errors.push(...other.errors);
    this.matchCount += other.matchCount;
  }
}

/** The path an error is reported at: `.spec.x` and `spec.x` are the same; nothing is the root. */
export function pathOf(path: string): field.Path | undefined {
  const text = path.replace(/^\./, '');
  return text === '' ? undefined : field.newPath(text);
}

/** `Invalid value: v: x in body should …`. */
export function bodyError(path: string, value: unknown, what: string): field.FieldError {
  return field.invalid(pathOf(path), value ?? '', `${path} in body ${what}`);
}

/** A complaint that names no field. */
export function plainError(text: string): field.FieldError {
  return field.invalid(undefined, '', text);
}

/** A value as an enum's list shows it. */
export function enumText(value: unknown): string {
  return typeof value === 'string' ? value : encodeGoJson(value);
}
