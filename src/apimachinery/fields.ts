import { compareStrings } from './go-format.ts';
import { SelectorError } from './labels.ts';

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** The fields of an object that can be selected by, with their values as text. */
export type Fields = Readonly<Record<string, string>>;

/** Changes or refuses a field selector's term. Both empty: the term is dropped. */
export type TransformField = (field: string, value: string) => { readonly field: string; readonly value: string };

/** A condition on fields. Immutable. */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  /** Whether it holds for everything. */
  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** A field the object does not have counts as empty. */
  matches(fields: Fields): boolean {
    return this.requirements.every(({ field, operator, value }) => {
      const actual = Object.hasOwn(fields, field) ? (fields[field] ?? '') : '';
      return (actual === value) === (operator === '=');
    });
  }

  /** The only value of a field the selector allows, if it names one. */
  requiresExactMatch(field: string): string | undefined {
    return this.requirements.find((r) => r.operator === '=' && r.field === field)?.value;
  }

  /** The selector with each term changed. Whatever `transform` throws passes through. */
  transform(transform: TransformField): FieldSelector {
    const requirements: FieldRequirement[] = [];
    for (const requirement of this.requirements) {
      const changed = transform(requirement.field, requirement.value);
      if (changed.field !== '' || changed.value !== '') requirements.push({ ...requirement, ...changed });
    }
    return new FieldSelector(requirements);
  }

  toString(): string {
    return this.requirements.map((r) => `${r.field}${r.operator}${escapeValue(r.value)}`).join(',');
  }
}

/** A value as it must stand in a selector's text. */
export function escapeValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let out = '';
  let escaped = false;
  for (const character of text) {
    if (escaped) {
      if (!'\\,='.includes(character)) throw escapeError(`\\${character}`);
      out += character;
      escaped = false;
    } else if (character === '\\') {
      escaped = true;
    } else if (character === ',' || character === '=') {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${character.codePointAt(0) ?? 0}`);
    } else out += character;
  }
  if (escaped) throw escapeError('\\');
  return out;
}

function escapeError(sequence: string): SelectorError {
  return new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

/**
 * Reads a selector as `?fieldSelector=` and `kubectl --field-selector` take it. Terms are sorted.
 *
 * @throws SelectorError with upstream's message
 *
 * Upstream: apimachinery/pkg/fields/selector.go ParseSelector (v1.36)
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort(compareStrings)) {
    if (term === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (match === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) });
  }
  return new FieldSelector(requirements);
}

/** The selector that holds for objects whose field has the value. */
export function oneTermEqualSelector(field: string, value: string): FieldSelector {
  return new FieldSelector([{ field, operator: '=', value }]);
}

/** The selector that holds for everything. */
export function everyField(): FieldSelector {
  return new FieldSelector([]);
}
