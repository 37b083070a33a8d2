/** Paths that definitions state: `.spec.replicas`, `.metadata['a.b']`. Upstream: apiextensions schema/cel/validation.go ValidFieldPath (v1.36) */
import { cEscapes } from '../../../apimachinery/c-escapes.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { additionalOf, propertyOf, type JsonSchema } from './json-schema.ts';

/** Where a path leads. */
export interface FoundPath {
  readonly path: field.Path;
  readonly schema: JsonSchema;
  /** The names on the way. */
  readonly names: readonly string[];
}

const escapes: Readonly<Record<string, string>> = {
  ...cEscapes,
  "'": "'",
};

function tokensOf(text: string): string[] {
  return text.match(/'(?:[^']|(?<=\\)')*(?<!\\)'|[.[\]]|[^.[\]]+/g) ?? [];
}

class Walk {
  path: field.Path | undefined;
  schema: JsonSchema;
  readonly names: string[] = [];

  constructor(schema: JsonSchema) {
    this.schema = schema;
  }

  /** Gives what is wrong, if anything. */
  step(name: string): string | undefined {
    const { properties } = this.schema;
    const isNamed = properties !== undefined && Object.keys(properties).length > 0;
    const inner = isNamed ? propertyOf(this.schema, name) : additionalOf(this.schema);
    if (!inner) return 'does not refer to a valid field';
    if (isNamed) this.path = this.path?.child(name) ?? field.newPath(name);
    else this.path = this.path?.key(name) ?? field.newPath('').key(name);
    this.schema = inner;
    this.names.push(name);
    return undefined;
  }
}

/** Follows a path through a schema; gives what is wrong with it as text. */
export function validFieldPath(text: string, schema: JsonSchema, allowArrayNotation = true): FoundPath | string {
  const walk = new Walk(schema);
  const tokens = tokensOf(text)[Symbol.iterator]();
  for (const token of tokens) {
    const wrong = token === '[' ? quotedStep(walk, tokens, allowArrayNotation) : namedStep(walk, token, tokens);
    if (wrong !== undefined) return wrong;
  }
  return { path: walk.path ?? field.newPath(''), schema: walk.schema, names: walk.names };
}

function namedStep(walk: Walk, token: string, tokens: Iterator<string>): string | undefined {
  if (token !== '.') return `expected [ or . but got: ${token}`;
  const { value: name, done } = tokens.next();
  return done ? 'unexpected end of JSON path' : walk.step(name);
}

function quotedStep(walk: Walk, tokens: Iterator<string>, allowed: boolean): string | undefined {
  if (!allowed) return 'array notation is not allowed';
  const { value: quoted, done } = tokens.next();
  if (done) return 'unexpected end of JSON path';
  if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'")) {
    return `expected single quoted string but got ${quoted}`;
  }
  const wrong = /\\([^abfnrtv'\\])/.exec(quoted);
  if (wrong) return `invalid string literal: invalid escape char ${wrong[0]}`;
  const failure = walk.step(quoted.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter));
  if (failure !== undefined) return failure;
  const { value: end, done: ended } = tokens.next();
  if (ended) return 'unexpected end of JSON path';
  return end === ']' ? undefined : `expected ] but got ${end}`;
}
